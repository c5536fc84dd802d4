/** Reads lists record by record, in steps between which other work can run. */
import { isUtf8 } from 'node:buffer'
import { ListReader } from '#src/json/list-reader.ts'
import { tryParseWire } from '#src/json/parse-wire-json.ts'
import { scanValue, skipBlanks } from '#src/json/scanner.ts'
import { closeObject, createTape, openObject } from '#src/json/tape.ts'
import { type ListTranscoding, transcodeList } from '#src/mapping/transcode/list.ts'
import type { Steps } from '../transport/slices.ts'
import { parseRecords, type RecordList } from './envelope.ts'
import { repairJson } from './json-repair.ts'
import type { ReplyShape } from './operations.ts'

/** More than any list of Spacio in one reply. A longer one is rejected before it fills the memory. */
const maxListRecords = 30_000

const [comma, colon] = [0x2c, 0x3a]

/**
 * Returns the records of a list, or with `transcoding` its serialized rows. Null: the body is something else, such as an
 * error, or a list that has to be parsed as a whole.
 */
export function* readList(body: Buffer, shape: ReplyShape, transcoding?: ListTranscoding): Steps<RecordList | null> {
  if (!isUtf8(body)) return null
  if (shape === 'paged') return yield* readPage(body, transcoding)
  if (shape !== 'keyed') return null
  const reader = new ListReader(body, 0)
  const records = yield* readElements(reader, transcoding)
  return records && reader.unreadBytes === 0 ? { records, info: null } : null
}

function* readPage(body: Buffer, transcoding?: ListTranscoding): Steps<RecordList | null> {
  const page: Record<string, unknown> = {}
  let at = skipBlanks(body, 0)
  if (body[at] !== openObject) return null
  do {
    at = skipBlanks(body, at + 1)
    const name = pageMembers.find((member) => body.toString('latin1', at, at + member.length) === member)
    if (!name || name in page) return null
    at = skipBlanks(body, at + name.length)
    if (body[at] !== colon) return null
    at = skipBlanks(body, at + 1)
    if (name === '"data"') {
      const reader = new ListReader(body, at)
      const records = yield* readElements(reader, transcoding)
      if (!records) return null
      page[name] = records
      at = reader.at
    } else {
      const end = scanValue(createTape(body), at)
      page[name] = end < 0 ? null : parseRepaired(body.subarray(at, end))?.parsed
      at = skipBlanks(body, end)
    }
  } while (body[at] === comma)
  const isComplete = body[at] === closeObject && skipBlanks(body, at + 1) === body.length
  return isComplete ? parseRecords({ info: page['"info"'], data: page['"data"'] }, 'paged') : null
}

const pageMembers = ['"info"', '"data"']

const readElements = (reader: ListReader, transcoding?: ListTranscoding): Steps<unknown[] | null> =>
  transcoding ? transcodeList(reader, transcoding, maxListRecords) : readRecords(reader)

function* readRecords(reader: ListReader): Steps<unknown[] | null> {
  const records: unknown[] = []
  const positions: number[] = []
  for (;;) {
    const batch = readBatch(reader)
    if (!batch || records.length + batch.records.length > maxListRecords) return null
    if (batch.records.length === 0) break
    records.push(...batch.records)
    positions.push(...batch.positions)
    yield
  }
  if (!reader.isComplete) return null
  if (reader.isAscending) return records
  const order = [...positions.keys()].sort((a, b) => (positions[a] as number) - (positions[b] as number))
  return order.map((index) => records[index])
}

/** These records are parsed and decoded within milliseconds. */
const maxBatchRecords = 200
const maxBatchBytes = 64 * 1024

/** Parses the next records of a list together, which is twice as fast as one by one. Null: they are not readable. */
export const readBatch = (reader: ListReader): { records: unknown[]; positions: number[] } | null => {
  const parts: Buffer[] = []
  const positions: number[] = []
  let [size, hasDefect] = [0, false]
  while (positions.length < maxBatchRecords && size < maxBatchBytes && reader.next()) {
    const { tape, from, to, position } = reader
    parts.push(parts.length === 0 ? arrayStart : separator, tape.bytes.subarray(from, to))
    positions.push(position)
    size += to - from
    hasDefect ||= tape.hasDefect
  }
  if (positions.length === 0) return { records: [], positions }
  const json = Buffer.concat([...parts, arrayEnd])
  const batch = hasDefect ? parseRepaired(json) : tryParseWire(json)
  return batch && { records: batch.parsed as unknown[], positions }
}

const [arrayStart, separator, arrayEnd] = ['[', ',', ']'].map((sign) => Buffer.from(sign)) as [Buffer, Buffer, Buffer]

const parseRepaired = (json: Buffer): { parsed: unknown } | null =>
  isUtf8(json) ? tryParseWire(Buffer.from(repairJson(json.toString()))) : null
