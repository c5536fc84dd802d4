import type { Condition } from '#src/query/conditions.ts'
import type { SortField } from '#src/query/order.ts'
import { eventPropertyMapping } from './mapping.ts'
import { type Query, queryStringOf } from './query-string.ts'

export interface FindQuery {
  conditions: readonly Condition[]
  sort: readonly SortField[]
  limit: number
  skip: number
}

/** Rows that are equal in all else have one order in all requests, or a row could be on two pages or on none. */
const byId: SortField = { field: 'id', descending: false }

const operators = { ne: '$ne', in: '$in', nin: '$nin' } as const

/**
 * A list query as a Feathers query string. Lists always take the brackets form `f[$in][]=a`: the short one arrives
 * as a text. Only documented operators can come out of here.
 */
export const toQueryString = ({ conditions, sort, limit, skip }: FindQuery): string => {
  const query: Record<string, unknown> = { $limit: limit, $skip: skip }
  for (const [field, onField] of Map.groupBy(conditions, (condition) => condition.field)) {
    query[wireNameOf(field)] = filterOf(onField)
  }
  const order = sort.some(({ field }) => field === byId.field) ? sort : [...sort, byId]
  query.$sort = Object.fromEntries(order.map(({ field, descending }) => [wireNameOf(field), descending ? -1 : 1]))
  return queryStringOf(query as Query)
}

const filterOf = (conditions: readonly Condition[]): unknown => {
  const [only, ...others] = conditions.map(encodeValues)
  if (only?.operator === 'eq' && others.length === 0) return only.values[0]
  return Object.fromEntries(
    conditions.map(encodeValues).map(({ operator, values }) => [
      // Beside another operator an equality has to be a list of one: Feathers has no `$eq`.
      operators[operator === 'eq' ? 'in' : operator],
      operator === 'ne' ? values[0] : values,
    ]),
  )
}

const encodeValues = ({ field, operator, values }: Condition) => ({
  operator,
  values: values.map((value) => eventPropertyMapping.encodeField(field, value)?.value),
})

const wireNameOf = (field: string): string => {
  const wire = eventPropertyMapping.encodeField(field, undefined)
  if (!wire) throw new TypeError(`${field} is no field of an event property`)
  return wire.from
}
