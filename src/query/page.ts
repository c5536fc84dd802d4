export interface PageQuery {
  limit?: number
  offset?: number
}

export interface Page<T> {
  data: T[]
  pagination: { total: number; limit: number; offset: number }
}

export const pagingOf = ({ limit = 50, offset = 0 }: PageQuery) => ({ limit, offset })

/** Cuts a page out of a whole list. */
export const pageOf = <T>(list: readonly T[], query: PageQuery): Page<T> => {
  const { limit, offset } = pagingOf(query)
  return { data: list.slice(offset, offset + limit), pagination: { total: list.length, limit, offset } }
}
