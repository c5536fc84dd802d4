import type { DriftKind, DriftSink } from './codec.ts'

export interface DriftCount {
  resource: string
  field: string
  kind: DriftKind
  count: number
}

const identifierPattern = /^[A-Za-z_][A-Za-z0-9_.]{0,63}$/

/**
 * Counts unexpected wire fields and values.
 * Bounded, since field names come from outside: names that are no identifiers, and all beyond `limit`, share `(other)`.
 */
export const createDriftLog = (limit = 500) => {
  const counts = new Map<string, DriftCount>()
  return {
    note: ((resource, field, kind) => {
      const name = identifierPattern.test(field) || field === '(record)' ? field : '(other)'
      const key = `${resource} ${name} ${kind}`
      const known = counts.get(key) ?? counts.get(counts.size < limit ? key : `${resource} (other) ${kind}`)
      if (known) known.count += 1
      else if (counts.size < limit) counts.set(key, { resource, field: name, kind, count: 1 })
      else counts.set(`${resource} (other) ${kind}`, { resource, field: '(other)', kind, count: 1 })
    }) satisfies DriftSink,
    counts: (): DriftCount[] => [...counts.values()].map((entry) => ({ ...entry })),
  }
}
