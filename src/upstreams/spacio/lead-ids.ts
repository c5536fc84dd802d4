import { hash } from 'node:crypto'
import { isRecord } from '#src/mapping/define.ts'

/**
 * Ids for leads that have none upstream: `p-` and a digest of sid, name, e-mail, phone and time, plus the ordinal
 * among equals. Equals are ordered by their whole record, so the same set of leads has the same ids in any order.
 */
export const leadIdsOf = (records: readonly unknown[], sid: number | null): string[] => {
  const ids: string[] = new Array(records.length)
  for (const [identity, equals] of groupEquals(records)) {
    inOrder(equals, records).forEach((index, ordinal) => {
      ids[index] = digest(sid, identity, ordinal)
    })
  }
  return ids
}

/** Places of records, by the JSON text of what tells them from others. */
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

const inOrder = (equals: readonly number[], records: readonly unknown[]): readonly number[] => {
  if (equals.length === 1) return equals
  const written = equals.map((index) => ({ index, whole: canonicalJson(records[index]) }))
  return written.sort((a, b) => (a.whole < b.whole ? -1 : a.whole > b.whole ? 1 : 0)).map(({ index }) => index)
}

const identity = (record: unknown): unknown[] =>
  isRecord(record) ? [record.name ?? null, record.email ?? null, record.phone ?? null, record.dateCreated ?? null] : []

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
