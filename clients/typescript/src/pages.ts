import type { Pagination } from './generated/types.gen.ts'

export interface Page<Element> {
  data: Element[]
  pagination: Pagination
}

/** An operation that answers with a page. */
type List = (options: never) => Promise<Page<unknown> | undefined>

type ElementOf<Operation extends List> =
  Awaited<ReturnType<Operation>> extends infer Answer ? (Answer extends Page<infer Element> ? Element : never) : never

/** Where the next page begins; undefined: this is the last. */
export const nextOffset = ({ pagination: { total, limit, offset } }: Page<unknown>): number | undefined =>
  offset + limit < total ? offset + limit : undefined

/** Every element of a list, page after page: `for await (const lead of paginate(listLeads, { client, query }))`. */
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
