/** Reads long lists element by element, in steps between which other work may run. */
import { isUtf8 } from 'node:buffer'
import { tryParseWire } from '#src/json/parse-wire-json.ts'
import { isRecord } from '#src/mapping/mapping.ts'
import type { Steps } from '../transport/slices.ts'
import { createMemberReader, type Member, skipWhitespace } from './elements.ts'
import { parseRecords, type RecordList } from './envelope.ts'
import { repairJson } from './json-repair.ts'
import type { ReplyShape } from './operations.ts'

/** More than any list of the vendor's in one reply. A longer one is refused before it fills the memory. */
export const maxListRecords = 30_000

/**
 * The records of a list. Null: the body is something else, an error perhaps, or a list that has to be read as a whole.
 * Where it gives records, they are the same as those of the whole body.
 */
export function* readList(body: Buffer, shape: ReplyShape): Steps<RecordList | null> {
  if (!isUtf8(body)) return null
  if (shape === 'keyed') {
    const records = yield* readRecords(body, skipWhitespace(body, 0), body.length)
    return records && { records, info: null }
  }
  return shape === 'paged' ? yield* readPagedList(body) : null
}

/** Bytes. It holds four numbers. */
const maxInfoBytes = 4096

/** The list itself is a member of its page. */
const noBounds = { maxBytes: Number.POSITIVE_INFINITY, maxValues: Number.POSITIVE_INFINITY }

function* readPagedList(body: Buffer): Steps<RecordList | null> {
  const reader = createMemberReader(body, skipWhitespace(body, 0), noBounds)
  const members = new Map<string | null, Member>()
  for (let member = reader.next(); member; member = reader.next()) {
    if (members.has(member.key) || members.size === 2) return null
    members.set(member.key, member)
    yield
  }
  const [info, data] = [members.get('info'), members.get('data')]
  if (!info || !data || info.to - info.from > maxInfoBytes || skipWhitespace(body, reader.getEnd()) !== body.length)
    return null
  const records = yield* readRecords(body, data.from, data.to)
  return records && parseRecords({ info: parseElement(body, info), data: records }, 'paged')
}

/** Null: an element is no record, the keys are no positions or stand there twice, or there are too many. */
function* readRecords(body: Buffer, start: number, end: number): Steps<Record<string, unknown>[] | null> {
  const reader = createMemberReader(body, start)
  const records: Record<string, unknown>[] = []
  const positions: number[] = []
  let isAscending = true
  for (let member = reader.next(); member; member = reader.next()) {
    const record = parseElement(body, member)
    if (!isRecord(record) || records.length === maxListRecords) return null
    records.push(record)
    if (member.key !== null) {
      const position = parsePosition(member.key)
      if (position < 0) return null
      isAscending &&= position > (positions.at(-1) ?? -1)
      positions.push(position)
    }
    yield
  }
  if (reader.getEnd() < 0 || skipWhitespace(body, reader.getEnd()) !== end) return null
  return isAscending ? records : sortByPosition(records, positions)
}

/** Null: a position stands there twice. */
const sortByPosition = <Element>(elements: readonly Element[], positions: readonly number[]): Element[] | null => {
  const byPosition = new Map(positions.map((position, index) => [position, elements[index] as Element]))
  if (byPosition.size < positions.length) return null
  return [...byPosition].sort(([a], [b]) => a - b).map(([, element]) => element)
}

const parsePosition = (key: string): number => (/^\d{1,9}$/.test(key) ? Number(key) : -1)

const parseElement = (body: Buffer, { from, to }: Member): unknown => parseRecord(body.subarray(from, to))

/** Strictly at first, repaired where that fails. Undefined: it cannot be read. Broken UTF-8 is for the caller to see. */
export const parseRecord = (element: Buffer): unknown => {
  return (tryParseWire(element) ?? tryParseWire(Buffer.from(repairJson(element.toString()))))?.parsed
}
