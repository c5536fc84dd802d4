import { wholeOf } from '#src/json/fragment.ts'
import { type Condition, meets } from '#src/query/conditions.ts'
import { type EventProperties, type EventPropertyRow, type Found, identify } from './event-rows.ts'
import type { FindQuery } from './feathers-query.ts'

export const isNegative = ({ operator }: Condition): boolean => operator === 'ne' || operator === 'nin'

type Read = (query: FindQuery) => Promise<{ rows: readonly EventPropertyRow[] }>

/**
 * Answers `ne` and `nin` as "everything else". SQL's `<>` and `NOT IN` leave out rows without a value, so these operators
 * are never sent: from all rows are taken away those that the upstream finds equal. What is equal is the upstream's to
 * say, letter case included, so that a filter and its opposite always make up the whole list.
 */
export const findEverythingElse = async (query: FindQuery, read: Read): Promise<Found> => {
  const negative = query.conditions.filter(isNegative)
  const positive = query.conditions.filter((condition) => !isNegative(condition))
  const whole = { ...query, skip: 0, limit: Number.POSITIVE_INFINITY }
  const { rows } = await read({ ...whole, conditions: positive })
  const equal = await Promise.all(
    negative.map(({ field, values }) =>
      read({ ...whole, sort: [], conditions: [{ field, operator: 'in' as const, values }] }),
    ),
  )
  const excluded = new Set(equal.flatMap((each) => identify(each.rows)))
  const identities = identify(rows)
  // A row that is changed between the two readings shows its old value.
  const data = rows.filter(
    (row, index) => !excluded.has(identities[index] as string) && meets(wholeOf<EventProperties>(row), negative),
  )
  return { total: data.length, data: data.slice(query.skip, query.skip + query.limit) }
}
