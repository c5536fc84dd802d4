import type { Mapping } from '#src/mapping/mapping.ts'
import type { Condition } from '#src/query/conditions.ts'
import type { SortField } from '#src/query/order.ts'
import { formatQueryString, type QueryParameters } from './query-string.ts'

export interface FindQuery {
  conditions: readonly Condition[]
  sort: readonly SortField[]
  limit: number
  skip: number
}

/** A tie-breaker: without a total order, a row could appear on two pages or on none. */
const idSortField: SortField = { field: 'id', descending: false }

type Fields = Pick<Mapping<never>, 'name' | 'encodeField'>

/**
 * Serializes a list query for Feathers. Only documented operators can occur.
 * Lists always use the form `f[$in][]=a`, because LionDesk would receive the short form as a single text.
 */
export const toQueryString = ({ conditions, sort, limit, skip }: FindQuery, fields: Fields): string => {
  const query: Record<string, unknown> = { $limit: limit, $skip: skip }
  for (const condition of conditions) query[toWireName(condition.field, fields)] = toFilter(condition, fields)
  const order = sort.some(({ field }) => field === idSortField.field) ? sort : [...sort, idSortField]
  query.$sort = Object.fromEntries(
    order.map(({ field, descending }) => [toWireName(field, fields), descending ? -1 : 1]),
  )
  return formatQueryString(query as QueryParameters)
}

const toFilter = ({ field, operator, values }: Condition, fields: Fields): unknown => {
  if (operator === 'ne' || operator === 'nin') throw new TypeError(`${operator} is never sent upstream`)
  const wire = values.map((value) => fields.encodeField(field, value)?.value)
  return operator === 'eq' ? wire[0] : { $in: wire }
}

const toWireName = (field: string, fields: Fields): string => {
  const wire = fields.encodeField(field, undefined)
  if (!wire) throw new TypeError(`${field} is no field of ${fields.name}`)
  return wire.from
}
