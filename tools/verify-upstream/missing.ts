/** Finds fields of a mapping table that no record has. */
import { mappingTables } from '#src/upstreams/index.ts'
import type { Check } from './check.ts'
import type { Drift } from './clients.ts'

/** `missing`: no record has the field. The gateway itself treats this as an absent value. */
export interface FieldDrift {
  readonly resource: string
  readonly field: string
  readonly kind: Drift['kind'] | 'missing'
  readonly count: number
}

/** Returns only the first name of a nested path, because nested records may be incomplete. */
const listWireNames = (mapping: string): string[] => {
  const fields = mappingTables.find(({ name }) => name === mapping)?.fields ?? []
  return [...new Set(fields.flatMap(({ from }) => (from === null ? [] : [from.split('.')[0] as string])))]
}

const getWireRecord = (record: unknown): object => {
  const { source } = record as { source?: { record: unknown } }
  return typeof source?.record === 'object' && source.record !== null ? source.record : {}
}

export const findMissingFields = ({ mapping, mayLack = [] }: Check, records: readonly unknown[]): FieldDrift[] => {
  if (mapping === undefined || records.length === 0) return []
  const presentNames = new Set(records.flatMap((record) => Object.keys(getWireRecord(record))))
  return listWireNames(mapping)
    .filter((name) => !presentNames.has(name) && !mayLack.includes(name))
    .map((field) => ({ resource: mapping, field, kind: 'missing', count: records.length }))
}
