import { createRowIdentifier } from '#src/query/join-pages.ts'

export interface Identified {
  readonly id: string | null
  readonly source?: { readonly record: unknown } | undefined
}

export interface FindResult<Fields> {
  total: number
  data: Fields[]
}

/**
 * Identifies rows by id. Rows without an id are compared by their wire record, because `source` also contains the fetch
 * time.
 */
export const identifyRows = createRowIdentifier<Identified>(
  ({ id }) => id,
  (row) => JSON.stringify(row.source?.record ?? row),
)
