import type { Condition } from '#src/query/conditions.ts'
import type { SortField } from '#src/query/order.ts'
import { eventPropertyMapping } from './mapping.ts'
import { formatQueryString, type QueryParameters } from './query-string.ts'

export interface FindQuery {
  conditions: readonly Condition[]
  sort: readonly SortField[]
  limit: number
  skip: number
}

/** A tie-breaker: without a total order, a row could appear on two pages or on none. */
const idSortField: SortField = { field: 'id', descending: false }

/**
 * Serializes a list query for Feathers. Only documented operators can occur.
 * Lists always use the form `f[$in][]=a`, because LionDesk would receive the short form as a single text.
 */
export const toQueryString = ({ conditions, sort, limit, skip }: FindQuery): string => {
  const query: Record<string, unknown> = { $limit: limit, $skip: skip }
  for (const condition of conditions) query[toWireName(condition.field)] = toFilter(condition)
  const order = sort.some(({ field }) => field === idSortField.field) ? sort : [...sort, idSortField]
  query.$sort = Object.fromEntries(order.map(({ field, descending }) => [toWireName(field), descending ? -1 : 1]))
  return formatQueryString(query as QueryParameters)
}

const toFilter = ({ field, operator, values }: Condition): unknown => {
  if (operator === 'ne' || operator === 'nin') throw new TypeError(`${operator} is never sent upstream`)
  const wire = values.map((value) => eventPropertyMapping.encodeField(field, value)?.value)
  return operator === 'eq' ? wire[0] : { $in: wire }
}

const toWireName = (field: string): string => {
  const wire = eventPropertyMapping.encodeField(field, undefined)
  if (!wire) throw new TypeError(`${field} is no field of an event property`)
  return wire.from
}
