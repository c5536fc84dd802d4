/** Checks pages, totals, links and limits of lists. */
import { type Check, retryOnce, withQuery } from '../check.ts'
import type { Json } from '../contract.ts'
import { type GatewayResponse, skipDenied } from '../deployment.ts'
import type { Target } from '../targets.ts'
import { assertContract, SkippedCheck } from '../verdicts.ts'

const pageSize = 20
const maxPages = 3
const maxLimit = 200

export interface ListBody {
  readonly data: readonly Json[]
  readonly pagination: { readonly total: number; readonly limit: number; readonly offset: number }
}

export const readPage = ({ body }: GatewayResponse): ListBody => body as unknown as ListBody

export const getTotal = ({ pagination }: ListBody): number => pagination.total

export const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

/** Returns the targets of a `Link` header by relation. */
const parseLinks = ({ headers }: GatewayResponse): ReadonlyMap<string, URL> =>
  new Map(
    [...(headers.get('link') ?? '').matchAll(/<([^>]*)>\s*;\s*rel="?([\w-]+)"?/g)].map(([, target = '', relation]) => [
      relation ?? '',
      new URL(target, 'http://deployment'),
    ]),
  )

const createExpectedLinks = ({ pagination: { total, limit, offset } }: ListBody): ReadonlyMap<string, number> => {
  const last = Math.max(0, Math.ceil(total / limit) - 1) * limit
  return new Map([
    ['first', 0],
    // After the end of the list, the previous page is the last one.
    ...(offset > 0 ? [['prev', Math.max(0, Math.min(offset - limit, last))] as const] : []),
    ...(offset + limit < total ? [['next', offset + limit] as const] : []),
    ['last', last],
  ])
}

const assertLinks = (answer: GatewayResponse, path: string): void => {
  const links = parseLinks(answer)
  const page = readPage(answer)
  const expected = createExpectedLinks(page)
  for (const [relation, offset] of expected) {
    const query = links.get(relation)?.searchParams
    assertContract(query !== undefined, `no Link with rel="${relation}"`)
    assertContract(
      query.get('offset') === String(offset),
      `rel="${relation}" has offset ${query.get('offset')}, not ${offset}`,
    )
    assertContract(query.get('limit') === String(page.pagination.limit), `rel="${relation}" has another limit`)
    for (const [name, value] of new URLSearchParams(path.split('?')[1])) {
      assertContract(query.get(name) === value, `rel="${relation}" lacks ${name}`)
    }
  }
  for (const relation of ['prev', 'next']) {
    assertContract(
      expected.has(relation) || !links.has(relation),
      `rel="${relation}" points to a page that does not exist`,
    )
  }
}

const assertPage = ({ data, pagination }: ListBody, limit: number, offset: number, total: number): void => {
  assertContract(pagination.limit === limit && pagination.offset === offset, 'pagination differs from the request')
  assertContract(pagination.total === total, `total is ${pagination.total} at offset ${offset}, but was ${total}`)
  const expected = Math.min(limit, Math.max(0, total - offset))
  assertContract(
    data.length === expected,
    `${data.length} elements at offset ${offset}, but total ${total} requires ${expected}`,
  )
}

export const createPagingCheck = ({ name, path }: Target): Check =>
  retryOnce({
    name: `${name}: pages join, total is exact, links work`,
    run: async ({ read }) => {
      let total: number | undefined
      const readPageAt = async (limit: number, offset: number) => {
        const answer = await read(withQuery(path, { limit, offset }))
        const page = readPage(answer)
        total ??= page.pagination.total
        assertPage(page, limit, offset, total)
        assertLinks(answer, path)
        return { total, data: page.data }
      }
      const { total: all, data } = await readPageAt(pageSize, 0)
      const joined = [...data]
      for (let page = 1; page < maxPages; page += 1) joined.push(...(await readPageAt(pageSize, page * pageSize)).data)
      for (const offset of [Math.max(0, all - 1), all, all + 1_000]) await readPageAt(1, offset)
      const fullPage = await readPageAt(pageSize * maxPages, 0)
      assertContract(
        isSame(fullPage.data, joined),
        `joined pages of ${pageSize} differ from a page of ${pageSize * maxPages}`,
      )
      return `${all} in all`
    },
  })

/**
 * The totals of a filter and of its opposite must add up to that of the list. Elements without a value match the
 * opposite.
 */
export const createPartitionCheck = ({ name, path }: Target, field: string): Check =>
  retryOnce({
    name: `${name}: ${field} and ${field}[ne] partition the list`,
    run: async ({ read }) => {
      const firstPage = readPage(await read(withQuery(path, { limit: maxLimit })))
      const value = firstPage.data
        .map((each) => each[field])
        .find((each) => each !== null && !String(each).includes(','))
      if (value === undefined) throw new SkippedCheck(`no element has a ${field}`)
      const readTotal = async (filter: string): Promise<number> =>
        readPage(await read(withQuery(path, { [filter]: String(value), limit: 1 }))).pagination.total
      const all = firstPage.pagination.total
      for (const [filter, opposite] of [
        [field, `${field}[ne]`],
        [`${field}[in]`, `${field}[nin]`],
      ] as const) {
        const [equal, others] = [await readTotal(filter), await readTotal(opposite)]
        assertContract(equal > 0, `${filter} does not match an element of the list`)
        assertContract(
          equal + others === all,
          `${filter} has ${equal}, ${opposite} has ${others}, but the list has ${all}`,
        )
      }
      return `${all} in all`
    },
  })

const invalidQueries: readonly Readonly<Record<string, string | number>>[] = [
  { limit: 0 },
  { limit: maxLimit + 1 },
  { limit: 'ten' },
  { limit: '' },
  { offset: -1 },
  { offset: 1.5 },
]

export const createBoundsCheck = ({ name, path }: Target): Check => ({
  name: `${name} rejects an invalid limit or offset`,
  run: async ({ ask }) => {
    for (const query of invalidQueries) {
      const answer = await ask(withQuery(path, query))
      skipDenied(answer)
      const { status, body } = answer
      const [[parameter, value]] = Object.entries(query) as [[string, string | number]]
      assertContract(status === 400, `${parameter}=${value}: ${status}, not 400`)
      const errors = (body.errors ?? []) as Json[]
      assertContract(
        errors[0]?.path === `query/${parameter}`,
        `${parameter}=${value}: errors does not name query/${parameter}`,
      )
    }
    return ''
  },
})
