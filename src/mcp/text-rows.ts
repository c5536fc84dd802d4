/** Formats rows as compact text, one row per line. */

type Json = unknown

const isEmpty = (value: Json): boolean =>
  value === null || value === undefined || (typeof value === 'object' && Object.keys(value).length === 0)

/** Removes null and empty values, which only cost tokens. */
const withoutEmptyValues = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(withoutEmptyValues)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, each]) => [name, withoutEmptyValues(each)] as const)
  return Object.fromEntries(entries.filter(([, each]) => !isEmpty(each)))
}

export const formatRow = (row: Json): string => JSON.stringify(withoutEmptyValues(row))

/** Formats a count such as "3 listings", "1 listing" or "no listings". */
export const formatCount = (count: number, [one, many]: readonly [string, string]): string =>
  `${count === 0 ? 'no' : count} ${count === 1 ? one : many}`

/** Formats a heading, the rows and the instruction for the next page. */
export const formatTable = (head: string, rows: readonly Json[], nextCursor: string | null): string =>
  [
    head,
    ...rows.map(formatRow),
    ...(nextCursor === null ? [] : [`There are more: call again with the same arguments and cursor "${nextCursor}".`]),
  ].join('\n')
