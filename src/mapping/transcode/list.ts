import { type ByteWriter, createByteWriter } from '#src/json/byte-writer.ts'
import { createFragment, type FragmentBuffer, type JsonFragment } from '#src/json/fragment.ts'
import type { ListReader } from '#src/json/list-reader.ts'
import { tryParseWire } from '#src/json/parse-wire-json.ts'
import { ENTRY_SIZE } from '#src/json/tape.ts'
import type { ContextText, RecordTranscoder } from './types.ts'

/** How the records of a list become JSON text. */
export interface ListTranscoding {
  readonly transcoder: RecordTranscoder
  /** Called once for each list. */
  readonly createContext: () => ContextText
  /** False: the whole list needs the decoder as soon as one record does. */
  readonly mayHoldRecords: boolean
}

type Row = JsonFragment | Record<string, unknown>

/** Other work can run at each `yield`. */
type Steps<T> = Generator<void, T, void>

/** A larger buffer is not kept for the next list. */
const maxSpareBytes = 4 * 1024 * 1024

const defaultOutputBytes = 64 * 1024

/** Even complex rows take only milliseconds. */
const rowsPerStep = 4

let spareOutput: ByteWriter | null = null

/** Returns serialized rows, and wire records where a row needs the decoder. Null: the whole list needs the decoder. */
export function* transcodeList(reader: ListReader, transcoding: ListTranscoding, maxRows: number): Steps<Row[] | null> {
  // Another list can be transcoded while this one pauses.
  const output = spareOutput ?? createByteWriter(defaultOutputBytes)
  spareOutput = null
  try {
    return yield* transcodeRows(reader, transcoding, maxRows, output)
  } finally {
    spareOutput = output.bytes.length > maxSpareBytes ? null : output
  }
}

function* transcodeRows(
  reader: ListReader,
  transcoding: ListTranscoding,
  maxRows: number,
  output: ByteWriter,
): Steps<Row[] | null> {
  const context = transcoding.createContext()
  const buffer = { wire: reader.bytes, text: emptyBuffer }
  const rows: Row[] = []
  output.offset = 0
  while (reader.next()) {
    const row = transcodeRow(reader, buffer, transcoding, context, output)
    if (!row || !reader.isAscending || rows.length === maxRows) return null
    rows.push(row)
    if (rows.length % rowsPerStep === 0) yield
  }
  if (!reader.isComplete) return null
  buffer.text = Buffer.from(output.bytes.subarray(0, output.offset))
  return rows
}

const emptyBuffer = Buffer.alloc(0)

const transcodeRow = (
  { tape, from: wireFrom, to: wireTo }: ListReader,
  buffer: FragmentBuffer,
  { transcoder, mayHoldRecords }: ListTranscoding,
  context: ContextText,
  output: ByteWriter,
): Row | null => {
  if (tape.hasDefect) return null
  const from = output.offset
  // An empty record can be an error of an unknown format.
  if ((tape.entries[2] as number) > ENTRY_SIZE && transcoder.transcode(tape, 0, output, context)) {
    const id = transcoder.getValue('id', output) as string | null
    const createdAt = transcoder.getValue('createdAt', output) as string | null
    return createFragment(id, createdAt, buffer, from, output.offset, wireFrom, wireTo)
  }
  output.offset = from
  const record = mayHoldRecords ? tryParseWire(buffer.wire.subarray(wireFrom, wireTo)) : null
  return record && (record.parsed as Record<string, unknown>)
}
