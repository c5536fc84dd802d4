import { createHash } from 'node:crypto'
import { isRecord } from '#src/mapping/define.ts'

/**
 * Ids for leads that have none upstream: `p-` and a digest of sid, name, e-mail, phone and time, plus the ordinal
 * among equals. Equals are ordered by their whole record, so the same set of leads has the same ids in any order.
 */
export const leadIdsOf = (records: readonly unknown[], sid: number | null): string[] => {
  const ids: string[] = new Array(records.length)
  for (const equals of groupEquals(records).values()) {
    equals
      .map((index) => ({ index, whole: canonicalJson(records[index]) }))
      .sort((a, b) => (a.whole < b.whole ? -1 : a.whole > b.whole ? 1 : 0))
      .forEach(({ index }, ordinal) => {
        ids[index] = digest([sid, ...identity(records[index]), ordinal])
      })
  }
  return ids
}

const groupEquals = (records: readonly unknown[]): Map<string, number[]> => {
  const groups = new Map<string, number[]>()
  records.forEach((record, index) => {
    const key = JSON.stringify(identity(record))
    const group = groups.get(key)
    if (group) group.push(index)
    else groups.set(key, [index])
  })
  return groups
}

const identity = (record: unknown): unknown[] =>
  isRecord(record) ? [record.name, record.email, record.phone, record.dateCreated].map((value) => value ?? null) : []

const digest = (parts: unknown[]): string =>
  `p-${createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22)}`

/** JSON with sorted keys: two spellings of one record are the same text. */
const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    isRecord(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  )
