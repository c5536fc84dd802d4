/** Lists of records, rewritten from the bytes of a reply. */
import { isUtf8 } from 'node:buffer'
import { createOutput, type Output, textIn, writeByte, writeText } from '#src/json/byte-writer.ts'
import { pageBeginning, pageEndRoom, type Sheet, type Written, written } from '#src/json/fragment.ts'
import { tryParseWire } from '#src/json/parse-wire-json.ts'
import { type Layout, layOut, skipBlanks, width } from '#src/json/scanner.ts'
import { positionAt, type Rewriter } from './transcode.ts'
import type { GivenText } from './transcoder-types.ts'

export interface ListRewriting {
  readonly rewriter: Rewriter
  readonly given: GivenText
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

export type Rows = (Written | Record<string, unknown>)[]

const [quote, comma, colon] = [0x22, 0x2c, 0x3a]
const [openObject, closeObject, openArray, closeArray] = [0x7b, 0x7d, 0x5b, 0x5d]

/** A record has a few hundred values at most: what is larger is read in another way. */
const mostParts = 4_096

const slots = new Int32Array(mostParts * width)

/** Grows to the longest list, and no further than this. */
const mostKept = 4 * 1024 * 1024

const usualSize = 64 * 1024

/** Much longer than any record. */
const maxRowBytes = 1024 * 1024

/** Even rows of many parts take no more than milliseconds. */
const rowsAStep = 4

let spareOutput: Output | null = null

/** A reply that is a list of records. Null: anything else, or one that is not to be rewritten. */
export function* rewriteWhole(body: Buffer, rewriting: ListRewriting): Steps<Rows | null> {
  if (!isUtf8(body)) return null
  const list = yield* rewriteList({ bytes: body, slots }, skipBlanks(body, 0), rewriting)
  return list && skipBlanks(body, list.end) === body.length ? list.rows : null
}

/** A reply that is a page: the list in its member `data`, beside members of those names, each once. */
export function* rewritePage(
  body: Buffer,
  beside: readonly string[],
  rewriting: ListRewriting,
): Steps<{ data: Rows; [member: string]: unknown } | null> {
  const layout = { bytes: body, slots }
  const page = new Map<string, unknown>()
  let at = skipBlanks(body, 0)
  if (body[at] !== openObject || !isUtf8(body)) return null
  do {
    const key = keyAt(layout, skipBlanks(body, at + 1))
    if (!key || page.has(key.name)) return null
    const isData = key.name === 'data'
    if (!isData && !beside.includes(key.name)) return null
    const member = isData ? yield* rewriteList(layout, key.end, rewriting) : valueAt(layout, key.end)
    if (!member) return null
    page.set(key.name, 'rows' in member ? member.rows : member.value)
    at = skipBlanks(body, member.end)
  } while (body[at] === comma)
  const isWhole = body[at] === closeObject && skipBlanks(body, at + 1) === body.length
  return isWhole && page.has('data') ? { data: [], ...Object.fromEntries(page) } : null
}

/** A key and the place of its value. */
const keyAt = (layout: Layout, at: number): { name: string; end: number } | null => {
  const { bytes } = layout
  const keyEnd = bytes[at] === quote ? layOut(layout, at) : -1
  if (keyEnd < 0) return null
  const colonAt = skipBlanks(bytes, keyEnd)
  if (bytes[colonAt] !== colon) return null
  return { name: textIn(bytes, at + 1, keyEnd - 1), end: skipBlanks(bytes, colonAt + 1) }
}

const valueAt = (layout: Layout, at: number): { value: unknown; end: number } | null => {
  const end = layOut(layout, at)
  const wire = end < 0 ? null : tryParseWire(textIn(layout.bytes, at, end))
  return wire && { value: wire.parsed, end }
}

/** An array, or an object whose keys are positions in ascending order. */
function* rewriteList(
  layout: Layout & { bytes: Buffer },
  start: number,
  rewriting: ListRewriting,
): Steps<{ rows: Rows; end: number } | null> {
  // Another list may be rewritten while this one pauses.
  const output = spareOutput ?? createOutput(usualSize)
  spareOutput = null
  try {
    return yield* rewriteRows(layout, start, rewriting, output)
  } finally {
    spareOutput = output.bytes.length > mostKept ? null : output
  }
}

function* rewriteRows(
  layout: Layout & { bytes: Buffer },
  start: number,
  rewriting: ListRewriting,
  output: Output,
): Steps<{ rows: Rows; end: number } | null> {
  const { bytes } = layout
  const open = bytes[start]
  if (open !== openArray && !(open === openObject && rewriting.mayBeKeyed)) return null
  const close = open === openObject ? closeObject : closeArray
  const rows: Rows = []
  const sheet: Sheet = { wire: bytes, text: nothing, end: 0, isEnded: false }
  let last = -1
  let at = skipBlanks(bytes, start + 1)
  output.at = 0
  writeText(output, pageBeginning)
  if (bytes[at] === close) return { rows, end: at + 1 }
  for (;;) {
    if (open === openObject) {
      const end = bytes[at] === quote ? layOut(layout, at) : -1
      const position = end < 0 ? -1 : positionAt(bytes, at + 1, end - 1)
      at = skipBlanks(bytes, end)
      if (position <= last || bytes[at] !== colon) return null
      last = position
      at = skipBlanks(bytes, at + 1)
    }
    // A row that does not end within its bound is not looked through to the end of the reply.
    const near = bytes.length - at > maxRowBytes ? { bytes: bytes.subarray(0, at + maxRowBytes), slots } : layout
    const end = bytes[at] === openObject ? layOut(near, at) : -1
    if (end < 0) return null
    const row = rewritten(layout, at, end, sheet, rewriting, output)
    if (!row || rows.length === rewriting.maxRows) return null
    rows.push(row)
    if (rows.length % rowsAStep === 0) yield
    at = skipBlanks(bytes, end)
    if (bytes[at] === close) break
    if (bytes[at] !== comma) return null
    at = skipBlanks(bytes, at + 1)
  }
  sheet.end = output.at
  sheet.text = Buffer.allocUnsafeSlow(output.at + pageEndRoom)
  output.bytes.copy(sheet.text, 0, 0, output.at)
  return { rows, end: at + 1 }
}

const nothing = Buffer.alloc(0)

/** The record that is laid out, or as it is where it is unusual; null: then there may be no list. */
const rewritten = (
  layout: Layout,
  wireFrom: number,
  wireTo: number,
  sheet: Sheet,
  { rewriter, given, mayHoldRecords }: ListRewriting,
  output: Output,
): Rows[number] | null => {
  const before = output.at
  if (before > pageBeginning.length) writeByte(output, comma)
  const from = output.at
  // What says nothing at all may be an error of a layout that nobody knows.
  if ((layout.slots[2] as number) > width && rewriter.rewrite(layout, 0, output, given)) {
    const id = rewriter.valueOf('id', output) as string | null
    const createdAt = rewriter.valueOf('createdAt', output) as string | null
    return written(id, createdAt, sheet, from, output.at, wireFrom, wireTo)
  }
  output.at = before
  const record = mayHoldRecords ? tryParseWire(textIn(sheet.wire, wireFrom, wireTo)) : null
  return record && (record.parsed as Record<string, unknown>)
}
