import { hash } from 'node:crypto'
import type { Static } from 'typebox'
import type { Lead } from '#schemas/lead.ts'
import { createByteWriter, writeSlice, writeText } from '#src/json/byte-writer.ts'
import { tryParseWire } from '#src/json/parse-wire-json.ts'
import { escapeFlag, findMember, type Tape } from '#src/json/tape.ts'
import { getOrCreate } from '#src/lib/get-or-create.ts'
import { isRecord } from '#src/mapping/mapping.ts'
import { isAbsent } from '#src/mapping/rule.ts'
import { runToEnd, type Steps } from '../transport/slices.ts'

/**
 * Creates ids for leads without one: `p-` and a digest of sid, name, e-mail, phone, time, and an ordinal among equal
 * leads.
 * Equal leads are ordered by their whole record, so that the ids do not depend on the order of the list.
 */
export const createLeadIds = (records: readonly unknown[], sid: number | null): string[] =>
  runToEnd(createLeadIdSteps(records, sid))

/** Returns the id that a lead of a report has in the list of its property, if no other lead there has the same identity. */
export const getPropertyLeadId = ({ sid, source }: Pick<Static<typeof Lead>, 'sid' | 'source'>): string =>
  createLeadIds([source?.record], sid)[0] as string

/** As `createLeadIds`, in steps for long lists. `countLeads` numbers the leads of all batches of a stream. */
export function* createLeadIdSteps(
  records: readonly unknown[],
  sid: number | null,
  countLeads?: LeadCounter,
): Steps<string[]> {
  const ids: string[] = new Array(records.length)
  for (const [identity, equals] of yield* groupEquals(records)) {
    const hasGeneratedId = equals.some((index) => isWithoutId(records[index]))
    const earlierCount = (hasGeneratedId && countLeads?.(identity, equals.length)) || 0
    for (const [ordinal, index] of (yield* sortEquals(equals, records)).entries()) {
      ids[index] = createLeadId(sid, identity, earlierCount + ordinal)
      yield
    }
  }
  return ids
}

/** True if the record needs a generated id. Also true for an id that is an object. */
export const isWithoutId = (record: unknown): boolean =>
  isRecord(record) && (isAbsent(record.id) || typeof record.id === 'object')

/** Counts more leads of this identity, and returns the number of the first of them. */
export type LeadCounter = (identity: string, count: number) => number

/** Four megabytes for each export. Spacio sends ids in its reports, so that most exports need none. */
const maxCountedIdentities = 50_000

/**
 * Numbers leads of equal identity across the batches of a stream, so that each generated id occurs once. For leads
 * beyond the maximum, a single running number has the same effect in constant memory. Their ids depend on the order of
 * the list.
 */
export const createLeadCounter = (maxIdentities = maxCountedIdentities): LeadCounter => {
  const counts = new Map<string, number>()
  let runningNumber = 0
  return (identity, count) => {
    // A digest is short, and contains no personal data.
    const key = createLeadId(null, identity, 0)
    const earlierCount = counts.get(key)
    if (earlierCount !== undefined || counts.size < maxIdentities) {
      counts.set(key, (earlierCount ?? 0) + count)
      return earlierCount ?? 0
    }
    runningNumber += count
    return runningNumber - count
  }
}

/** Groups record indices by the JSON text of their identifying fields. */
function* groupEquals(records: readonly unknown[]): Steps<Map<string, number[]>> {
  const groups = new Map<string, number[]>()
  for (const [index, record] of records.entries()) {
    getOrCreate(groups, JSON.stringify(getIdentity(record)), () => [] as number[]).push(index)
    yield
  }
  return groups
}

function* sortEquals(equals: readonly number[], records: readonly unknown[]): Steps<readonly number[]> {
  if (equals.length === 1) return equals
  const sortableRecords: { index: number; json: string }[] = []
  for (const index of equals) {
    sortableRecords.push({ index, json: toCanonicalJson(records[index]) })
    yield
  }
  return sortableRecords.sort((a, b) => (a.json < b.json ? -1 : a.json > b.json ? 1 : 0)).map(({ index }) => index)
}

const identityFields = ['name', 'email', 'phone', 'dateCreated'] as const

const getIdentity = (record: unknown): unknown[] =>
  isRecord(record) ? identityFields.map((key) => record[key] ?? null) : []

/** Digests the JSON text of a list with sid, identity and ordinal. */
const createLeadId = (sid: number | null, identity: string, ordinal: number): string => {
  const parts = [JSON.stringify(sid), identity.slice(1, -1), ordinal].filter((part) => part !== '')
  return `p-${hash('sha256', `[${parts.join(',')}]`, 'base64url').slice(0, 22)}`
}

/** Sorts keys, so that equal records have equal texts. */
const toCanonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    isRecord(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  )

/**
 * Creates the same ids for serialized records, one after the other. Returns null for a record whose identity occurred
 * before; such lists need `createLeadIds`.
 */
export const createUniqueLeadIdFactory = (sid: number): ((layout: Tape, record: number) => string | null) => {
  const usedIds = new Set<string>()
  return (layout, record) => {
    digestBuffer.offset = 0
    writeText(digestBuffer, `[${sid}`)
    for (const key of identityKeys) writeMember(layout, record, key)
    writeText(digestBuffer, ',0]')
    const id = `p-${hash('sha256', digestBuffer.bytes.subarray(0, digestBuffer.offset), 'base64url').slice(0, 22)}`
    if (usedIds.has(id)) return null
    usedIds.add(id)
    return id
  }
}

const digestBuffer = createByteWriter(1024)

const identityKeys = identityFields.map((key) => Buffer.from(JSON.stringify(key)))

const quote = 0x22

/** Writes a value as `JSON.stringify` does. Strings without escapes are copied. */
const writeMember = (layout: Tape, record: number, key: Buffer): void => {
  const { bytes, entries } = layout
  const value = findMember(layout, record, key)
  const [from, to] = [entries[value] as number, entries[value + 1] as number]
  writeText(digestBuffer, ',')
  if (value < 0) writeText(digestBuffer, 'null')
  else if (bytes[from] === quote && entries[value + 2] !== escapeFlag) writeSlice(digestBuffer, bytes, from, to)
  else writeText(digestBuffer, JSON.stringify(tryParseWire(Buffer.from(bytes.subarray(from, to)))?.parsed ?? null))
}
