import { hash } from 'node:crypto'
import { createOutput, textIn, writeSlice, writeText } from '#src/json/byte-writer.ts'
import { tryParseWire } from '#src/json/parse-wire-json.ts'
import { isEscaped, type Layout, memberAt } from '#src/json/scanner.ts'
import { isRecord } from '#src/mapping/mapping.ts'
import { runToEnd, type Steps } from '../transport/slices.ts'

/**
 * Ids for leads that have none upstream: `p-` and a digest of sid, name, e-mail, phone and time, plus the ordinal
 * among equals. Equals are ordered by their whole record, so the same set of leads has the same ids in any order.
 */
export const leadIdsOf = (records: readonly unknown[], sid: number | null): string[] =>
  runToEnd(leadIdSteps(records, sid))

/** The same in steps, for long lists. */
export function* leadIdSteps(records: readonly unknown[], sid: number | null): Steps<string[]> {
  const ids: string[] = new Array(records.length)
  for (const [identity, equals] of yield* groupEquals(records)) {
    for (const [ordinal, index] of (yield* inOrder(equals, records)).entries()) {
      ids[index] = digest(sid, identity, ordinal)
      yield
    }
  }
  return ids
}

/** Places of records, by the JSON text of what tells them from others. */
function* groupEquals(records: readonly unknown[]): Steps<Map<string, number[]>> {
  const groups = new Map<string, number[]>()
  for (const [index, record] of records.entries()) {
    const key = JSON.stringify(identity(record))
    const group = groups.get(key)
    if (group) group.push(index)
    else groups.set(key, [index])
    yield
  }
  return groups
}

function* inOrder(equals: readonly number[], records: readonly unknown[]): Steps<readonly number[]> {
  if (equals.length === 1) return equals
  const written: { index: number; whole: string }[] = []
  for (const index of equals) {
    written.push({ index, whole: canonicalJson(records[index]) })
    yield
  }
  return written.sort((a, b) => (a.whole < b.whole ? -1 : a.whole > b.whole ? 1 : 0)).map(({ index }) => index)
}

const telling = ['name', 'email', 'phone', 'dateCreated'] as const

const identity = (record: unknown): unknown[] => (isRecord(record) ? telling.map((key) => record[key] ?? null) : [])

/** Of the JSON text of one list: sid, identity and ordinal. */
const digest = (sid: number | null, identity: string, ordinal: number): string => {
  const parts = [JSON.stringify(sid), identity.slice(1, -1), ordinal].filter((part) => part !== '')
  return `p-${hash('sha256', `[${parts.join(',')}]`, 'base64url').slice(0, 22)}`
}

/** JSON with sorted keys: two spellings of one record are the same text. */
const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    isRecord(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  )

/**
 * The same ids for the records of one list, laid out one after the other, none of which equals another. Null: it is one
 * that does, and has to be told from the other by all of them.
 */
export const createLoneLeadIds = (sid: number): ((layout: Layout, record: number) => string | null) => {
  const seen = new Set<string>()
  return (layout, record) => {
    digested.at = 0
    writeText(digested, `[${sid}`)
    for (const key of tellingKeys) writeMember(layout, record, key)
    writeText(digested, ',0]')
    const id = `p-${hash('sha256', digested.bytes.subarray(0, digested.at), 'base64url').slice(0, 22)}`
    if (seen.has(id)) return null
    seen.add(id)
    return id
  }
}

const digested = createOutput(1024)

const tellingKeys = telling.map((key) => Buffer.from(JSON.stringify(key)))

const quote = 0x22

/** As JSON.stringify writes it. A text is copied: where nothing is escaped, nothing needs to be. */
const writeMember = (layout: Layout, record: number, key: Buffer): void => {
  const { bytes, slots } = layout
  const value = memberAt(layout, record, key)
  const [from, to] = [slots[value] as number, slots[value + 1] as number]
  writeText(digested, ',')
  if (value < 0) writeText(digested, 'null')
  else if (bytes[from] === quote && slots[value + 2] !== isEscaped) writeSlice(digested, bytes, from, to)
  else writeText(digested, JSON.stringify(tryParseWire(textIn(bytes, from, to))?.parsed ?? null))
}
