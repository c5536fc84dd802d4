/** Rows as text: one a line, in as few characters as say it all. */

type Json = unknown

const isEmpty = (value: Json): boolean =>
  value === null || value === undefined || (typeof value === 'object' && Object.keys(value).length === 0)

/** Without what is absent: a reader of text gains nothing from a null. */
export const withoutEmptyValues = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(withoutEmptyValues)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, each]) => [name, withoutEmptyValues(each)] as const)
  return Object.fromEntries(entries.filter(([, each]) => !isEmpty(each)))
}

export const formatRow = (row: Json): string => JSON.stringify(withoutEmptyValues(row))

/** "3 listings", "1 listing", "no listings". */
export const formatCount = (count: number, [one, many]: readonly [string, string]): string =>
  `${count === 0 ? 'no' : count} ${count === 1 ? one : many}`

/** What there is, the rows, and how to go on. */
export const formatTable = (head: string, rows: readonly Json[], nextCursor: string | null): string =>
  [
    head,
    ...rows.map(formatRow),
    ...(nextCursor === null ? [] : [`There are more: call again with the same arguments and cursor "${nextCursor}".`]),
  ].join('\n')
