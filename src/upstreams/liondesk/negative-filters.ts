import { type Condition, matches } from '#src/query/conditions.ts'
import type { FindQuery } from './feathers-query.ts'
import { type FindResult, type Identified, identifyRows } from './rows.ts'

export const isNegative = ({ operator }: Condition): boolean => operator === 'ne' || operator === 'nin'

type FindRows<Fields> = (query: FindQuery) => Promise<{ rows: readonly Fields[] }>

/**
 * Evaluates `ne` and `nin` as the complement of `eq` and `in`. These operators are never sent: SQL's `<>` and `NOT IN`
 * exclude rows without a value.
 * The upstream decides what is equal, including letter case, so a filter and its opposite always partition the list.
 */
export const findWithNegations = async <Fields extends Identified>(
  query: FindQuery,
  findRows: FindRows<Fields>,
): Promise<FindResult<Fields>> => {
  const negative = query.conditions.filter(isNegative)
  const positive = query.conditions.filter((condition) => !isNegative(condition))
  const unpagedQuery = { ...query, skip: 0, limit: Number.POSITIVE_INFINITY }
  const { rows } = await findRows({ ...unpagedQuery, conditions: positive })
  const equalLists = await Promise.all(
    negative.map(({ field, values }) =>
      findRows({ ...unpagedQuery, sort: [], conditions: [{ field, operator: 'in' as const, values }] }),
    ),
  )
  const excluded = new Set(equalLists.flatMap((each) => identifyRows(each.rows)))
  const identities = identifyRows(rows)
  // A row that changes between the two reads appears with its old value.
  const data = rows.filter((row, index) => !excluded.has(identities[index] as string) && matches(row, negative))
  return { total: data.length, data: data.slice(query.skip, query.skip + query.limit) }
}
