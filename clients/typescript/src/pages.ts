import type { Pagination } from './generated/types.gen.ts'

export interface Page<Element> {
  data: Element[]
  pagination: Pagination
}

/** An operation that returns a page. */
type List = (options: never) => Promise<Page<unknown> | undefined>

type ElementOf<Operation extends List> =
  Awaited<ReturnType<Operation>> extends infer Answer ? (Answer extends Page<infer Element> ? Element : never) : never

/** Returns the offset of the next page, or undefined for the last page. */
export const nextOffset = ({ pagination: { total, limit, offset } }: Page<unknown>): number | undefined =>
  offset + limit < total ? offset + limit : undefined

/** Yields every element of a list, page by page: `for await (const lead of paginate(listLeads, { client, query }))`. */
export async function* paginate<Operation extends List>(
  list: Operation,
  options: Parameters<Operation>[0],
): AsyncGenerator<ElementOf<Operation>, void> {
  const { query, ...others } = options as { query?: { offset?: number } }
  let offset: number | undefined = query?.offset ?? 0
  while (offset !== undefined) {
    const page = await list({ ...others, query: { limit: 200, ...query, offset } } as never)
    if (!page) return
    yield* page.data as ElementOf<Operation>[]
    offset = nextOffset(page)
  }
}
