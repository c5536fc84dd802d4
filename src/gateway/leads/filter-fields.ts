import { setImmediate as yieldToOthers } from 'node:timers/promises'
import { isFragment, parseFragment } from '#src/json/fragment.ts'
import { type Condition, matches } from '#src/query/conditions.ts'
import type { Lead, LeadRow } from './reader.ts'
import { leadFilterNames } from './source.ts'

type FilterFields = Readonly<Record<string, unknown>>

/** Parsing this many rows takes a few milliseconds. */
const rowsPerTurn = 500

const toFilterFields = (row: LeadRow): FilterFields => {
  if (!isFragment(row)) return row as FilterFields
  const lead = parseFragment<Lead>(row)
  return Object.fromEntries(leadFilterNames.map((name) => [name, lead[name]]))
}

const readAll = async (rows: readonly LeadRow[]): Promise<FilterFields[]> => {
  const fields: FilterFields[] = []
  for (let start = 0; start < rows.length; start += rowsPerTurn) {
    if (start > 0) await yieldToOthers()
    for (const row of rows.slice(start, start + rowsPerTurn)) fields.push(toFilterFields(row))
  }
  return fields
}

/**
 * Filters lists that clients read page by page. It parses the filter fields of each list once, in slices, and caches
 * them for the life of the list.
 */
export const createLeadFilter = () => {
  const fieldsByList = new WeakMap<readonly LeadRow[], Promise<FilterFields[]>>()

  return async (rows: readonly LeadRow[], conditions: readonly Condition[]): Promise<readonly LeadRow[]> => {
    if (conditions.length === 0) return rows
    const pendingFields = fieldsByList.get(rows) ?? readAll(rows)
    fieldsByList.set(rows, pendingFields)
    const fields = await pendingFields
    return rows.filter((_, index) => matches(fields[index] as FilterFields, conditions))
  }
}
