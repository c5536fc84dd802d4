export interface PageQuery {
  limit?: number
  offset?: number
}

export interface ResultPage<T> {
  data: T[]
  pagination: { total: number; limit: number; offset: number }
}

export const getPaging = ({ limit = 50, offset = 0 }: PageQuery) => ({ limit, offset })

/** Returns a page of a complete list. */
export const paginate = <T>(list: readonly T[], query: PageQuery): ResultPage<T> => {
  const { limit, offset } = getPaging(query)
  return { data: list.slice(offset, offset + limit), pagination: { total: list.length, limit, offset } }
}
