/** Fields that a mapping table reads and that no record carries any more. */
import { mappingTables } from '#src/upstreams/index.ts'
import type { Check } from './check.ts'
import type { FieldDrift } from './run.ts'

/** Of nested records only the name that leads to them: not every one of those is whole. */
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
