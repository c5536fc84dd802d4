/** Lists of records, rewritten from the bytes of a reply. */
import { isUtf8 } from 'node:buffer'
import { type ByteWriter, createByteWriter, readText, writeByte, writeText } from '#src/json/byte-writer.ts'
import {
  createFragment,
  type FragmentBuffer,
  type JsonFragment,
  maxPageSuffixBytes,
  pagePrefix,
} from '#src/json/fragment.ts'
import { tryParseWire } from '#src/json/parse-wire-json.ts'
import { ENTRY_SIZE, scanValue, skipBlanks, type Tape } from '#src/json/scanner.ts'
import { readPosition } from './transcode.ts'
import type { ContextText, RecordTranscoder } from './transcoder-types.ts'

export interface ListOptions {
  readonly transcoder: RecordTranscoder
  readonly context: ContextText
  /** Whether a list may be an object, whose keys are positions. */
  readonly mayBeKeyed: boolean
  /** Whether a list may hold records that are not rewritten. */
  readonly mayHoldRecords: boolean
  /** A longer list is not rewritten. */
  readonly maxRows: number
}

/** Written elements, and the wire records of those that are unusual. */
/** Other work may run at each `yield`. */
type Steps<T> = Generator<void, T, void>

export type TranscodedRows = (JsonFragment | Record<string, unknown>)[]

const [quote, comma, colon] = [0x22, 0x2c, 0x3a]
const [openObject, closeObject, openArray, closeArray] = [0x7b, 0x7d, 0x5b, 0x5d]

/** A record has a few hundred values at most: what is larger is read in another way. */
const maxTapeEntries = 4_096

const tapeEntries = new Int32Array(maxTapeEntries * ENTRY_SIZE)

/** Grows to the longest list, and no further than this. */
const maxSpareBytes = 4 * 1024 * 1024

const defaultOutputBytes = 64 * 1024

/** Much longer than any record. */
const maxRowBytes = 1024 * 1024

/** Even rows of many parts take no more than milliseconds. */
const rowsPerStep = 4

let spareOutput: ByteWriter | null = null

/** A reply that is a list of records. Null: anything else, or one that is not to be rewritten. */
export function* transcodeList(body: Buffer, options: ListOptions): Steps<TranscodedRows | null> {
  if (!isUtf8(body)) return null
  const list = yield* transcodeListAt({ bytes: body, entries: tapeEntries }, skipBlanks(body, 0), options)
  return list && skipBlanks(body, list.end) === body.length ? list.rows : null
}

/** A reply that is a page: the list in its member `data`, beside members of those names, each once. */
export function* transcodePage(
  body: Buffer,
  otherMembers: readonly string[],
  options: ListOptions,
): Steps<{ data: TranscodedRows; [member: string]: unknown } | null> {
  const tape = { bytes: body, entries: tapeEntries }
  const page = new Map<string, unknown>()
  let at = skipBlanks(body, 0)
  if (body[at] !== openObject || !isUtf8(body)) return null
  do {
    const key = readKey(tape, skipBlanks(body, at + 1))
    if (!key || page.has(key.name)) return null
    const isData = key.name === 'data'
    if (!isData && !otherMembers.includes(key.name)) return null
    const member = isData ? yield* transcodeListAt(tape, key.end, options) : readValue(tape, key.end)
    if (!member) return null
    page.set(key.name, 'rows' in member ? member.rows : member.value)
    at = skipBlanks(body, member.end)
  } while (body[at] === comma)
  const isComplete = body[at] === closeObject && skipBlanks(body, at + 1) === body.length
  return isComplete && page.has('data') ? { data: [], ...Object.fromEntries(page) } : null
}

/** A key and the place of its value. */
const readKey = (tape: Tape, at: number): { name: string; end: number } | null => {
  const { bytes } = tape
  const keyEnd = bytes[at] === quote ? scanValue(tape, at) : -1
  if (keyEnd < 0) return null
  const colonAt = skipBlanks(bytes, keyEnd)
  if (bytes[colonAt] !== colon) return null
  return { name: readText(bytes, at + 1, keyEnd - 1), end: skipBlanks(bytes, colonAt + 1) }
}

const readValue = (tape: Tape, at: number): { value: unknown; end: number } | null => {
  const end = scanValue(tape, at)
  const wire = end < 0 ? null : tryParseWire(Buffer.from(tape.bytes.subarray(at, end)))
  return wire && { value: wire.parsed, end }
}

/** An array, or an object whose keys are positions in ascending order. */
function* transcodeListAt(
  tape: Tape & { bytes: Buffer },
  start: number,
  options: ListOptions,
): Steps<{ rows: TranscodedRows; end: number } | null> {
  // Another list may be rewritten while this one pauses.
  const output = spareOutput ?? createByteWriter(defaultOutputBytes)
  spareOutput = null
  try {
    return yield* transcodeRows(tape, start, options, output)
  } finally {
    spareOutput = output.bytes.length > maxSpareBytes ? null : output
  }
}

function* transcodeRows(
  tape: Tape & { bytes: Buffer },
  start: number,
  options: ListOptions,
  output: ByteWriter,
): Steps<{ rows: TranscodedRows; end: number } | null> {
  const { bytes } = tape
  const open = bytes[start]
  if (open !== openArray && !(open === openObject && options.mayBeKeyed)) return null
  const close = open === openObject ? closeObject : closeArray
  const rows: TranscodedRows = []
  const buffer: FragmentBuffer = { wire: bytes, text: emptyBuffer, textEnd: 0, hasPageSuffix: false }
  let last = -1
  let at = skipBlanks(bytes, start + 1)
  output.offset = 0
  writeText(output, pagePrefix)
  if (bytes[at] === close) return { rows, end: at + 1 }
  for (;;) {
    if (open === openObject) {
      const end = bytes[at] === quote ? scanValue(tape, at) : -1
      const position = end < 0 ? -1 : readPosition(bytes, at + 1, end - 1)
      at = skipBlanks(bytes, end)
      if (position <= last || bytes[at] !== colon) return null
      last = position
      at = skipBlanks(bytes, at + 1)
    }
    // A row that does not end within its bound is not looked through to the end of the reply.
    const near =
      bytes.length - at > maxRowBytes ? { bytes: bytes.subarray(0, at + maxRowBytes), entries: tapeEntries } : tape
    const end = bytes[at] === openObject ? scanValue(near, at) : -1
    if (end < 0) return null
    const row = transcodeRow(tape, at, end, buffer, options, output)
    if (!row || rows.length === options.maxRows) return null
    rows.push(row)
    if (rows.length % rowsPerStep === 0) yield
    at = skipBlanks(bytes, end)
    if (bytes[at] === close) break
    if (bytes[at] !== comma) return null
    at = skipBlanks(bytes, at + 1)
  }
  buffer.textEnd = output.offset
  buffer.text = Buffer.allocUnsafeSlow(output.offset + maxPageSuffixBytes)
  output.bytes.copy(buffer.text, 0, 0, output.offset)
  return { rows, end: at + 1 }
}

const emptyBuffer = Buffer.alloc(0)

/** The record that is laid out, or as it is where it is unusual; null: then there may be no list. */
const transcodeRow = (
  tape: Tape,
  wireFrom: number,
  wireTo: number,
  buffer: FragmentBuffer,
  { transcoder, context, mayHoldRecords }: ListOptions,
  output: ByteWriter,
): TranscodedRows[number] | null => {
  const before = output.offset
  if (before > pagePrefix.length) writeByte(output, comma)
  const from = output.offset
  // What says nothing at all may be an error of a layout that nobody knows.
  if ((tape.entries[2] as number) > ENTRY_SIZE && transcoder.transcode(tape, 0, output, context)) {
    const id = transcoder.getValue('id', output) as string | null
    const createdAt = transcoder.getValue('createdAt', output) as string | null
    return createFragment(id, createdAt, buffer, from, output.offset, wireFrom, wireTo)
  }
  output.offset = before
  const record = mayHoldRecords ? tryParseWire(buffer.wire.subarray(wireFrom, wireTo)) : null
  return record && (record.parsed as Record<string, unknown>)
}
