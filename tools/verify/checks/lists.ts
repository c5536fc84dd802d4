/** The laws of lists: pages that join, totals that are exact, links that lead where they say, limits that hold. */
import { type Check, steadily, withQuery } from '../check.ts'
import type { Json } from '../contract.ts'
import { type Answer, skipDenied } from '../deployment.ts'
import type { Target } from '../targets.ts'
import { hold, Skipped } from '../verdicts.ts'

const size = 20
const pages = 3
const mostLimit = 200

export interface Page {
  readonly data: readonly Json[]
  readonly pagination: { readonly total: number; readonly limit: number; readonly offset: number }
}

export const pageIn = ({ body }: Answer): Page => body as unknown as Page

export const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

/** The targets of a `Link` header by relation. */
const linksOf = ({ headers }: Answer): ReadonlyMap<string, URL> =>
  new Map(
    [...(headers.get('link') ?? '').matchAll(/<([^>]*)>\s*;\s*rel="?([\w-]+)"?/g)].map(([, target = '', relation]) => [
      relation ?? '',
      new URL(target, 'http://deployment'),
    ]),
  )

const wantedLinks = ({ pagination: { total, limit, offset } }: Page): ReadonlyMap<string, number> => {
  const last = Math.max(0, Math.ceil(total / limit) - 1) * limit
  return new Map([
    ['first', 0],
    ...(offset > 0 ? [['prev', Math.max(0, offset - limit)] as const] : []),
    ...(offset + limit < total ? [['next', offset + limit] as const] : []),
    ['last', last],
  ])
}

const holdLinks = (answer: Answer, path: string): void => {
  const links = linksOf(answer)
  const page = pageIn(answer)
  const wanted = wantedLinks(page)
  for (const [relation, offset] of wanted) {
    const query = links.get(relation)?.searchParams
    hold(query !== undefined, `no Link with rel="${relation}"`)
    hold(
      query.get('offset') === String(offset),
      `rel="${relation}" leads to offset ${query.get('offset')}, not ${offset}`,
    )
    hold(query.get('limit') === String(page.pagination.limit), `rel="${relation}" has another limit`)
    for (const [name, value] of new URLSearchParams(path.split('?')[1])) {
      hold(query.get(name) === value, `rel="${relation}" has lost ${name}`)
    }
  }
  for (const relation of ['prev', 'next']) {
    hold(wanted.has(relation) || !links.has(relation), `a Link with rel="${relation}" that leads nowhere`)
  }
}

const holdPage = ({ data, pagination }: Page, limit: number, offset: number, total: number): void => {
  hold(pagination.limit === limit && pagination.offset === offset, 'pagination is not what was asked for')
  hold(pagination.total === total, `total is ${pagination.total} at offset ${offset}, and was ${total}`)
  const wanted = Math.min(limit, Math.max(0, total - offset))
  hold(data.length === wanted, `${data.length} elements at offset ${offset}, where total ${total} means ${wanted}`)
}

export const pagingCheck = ({ name, path }: Target): Check =>
  steadily({
    name: `${name}: pages join, total is exact, links lead on`,
    run: async ({ read }) => {
      let total: number | undefined
      const pageAt = async (limit: number, offset: number) => {
        const answer = await read(withQuery(path, { limit, offset }))
        const page = pageIn(answer)
        total ??= page.pagination.total
        holdPage(page, limit, offset, total)
        holdLinks(answer, path)
        return { total, data: page.data }
      }
      const { total: all, data } = await pageAt(size, 0)
      const joined = [...data]
      for (let page = 1; page < pages; page += 1) joined.push(...(await pageAt(size, page * size)).data)
      for (const offset of [Math.max(0, all - 1), all, all + 1_000]) await pageAt(1, offset)
      const whole = await pageAt(size * pages, 0)
      hold(isSame(whole.data, joined), `pages of ${size} joined are not a page of ${size * pages}`)
      return `${all} in all`
    },
  })

/** A filter and its opposite make up the list: elements without a value are in the opposite. */
export const partitionCheck = ({ name, path }: Target, field: string): Check =>
  steadily({
    name: `${name}: ${field} and ${field}[ne] make up the list`,
    run: async ({ read }) => {
      const whole = pageIn(await read(withQuery(path, { limit: mostLimit })))
      const value = whole.data.map((each) => each[field]).find((each) => each !== null && !String(each).includes(','))
      if (value === undefined) throw new Skipped(`no element has a ${field}`)
      const totalOf = async (filter: string): Promise<number> =>
        pageIn(await read(withQuery(path, { [filter]: String(value), limit: 1 }))).pagination.total
      const all = whole.pagination.total
      for (const [filter, opposite] of [
        [field, `${field}[ne]`],
        [`${field}[in]`, `${field}[nin]`],
      ] as const) {
        const [equal, others] = [await totalOf(filter), await totalOf(opposite)]
        hold(equal > 0, `${filter} finds nothing of what the list holds`)
        hold(equal + others === all, `${filter} has ${equal}, ${opposite} has ${others}, and the list has ${all}`)
      }
      return `${all} in all`
    },
  })

const wrong: readonly Readonly<Record<string, string | number>>[] = [
  { limit: 0 },
  { limit: mostLimit + 1 },
  { limit: 'ten' },
  { limit: '' },
  { offset: -1 },
  { offset: 1.5 },
]

export const boundsCheck = ({ name, path }: Target): Check => ({
  name: `${name} keeps limit and offset in bounds`,
  run: async ({ ask }) => {
    for (const query of wrong) {
      const answer = await ask(withQuery(path, query))
      skipDenied(answer)
      const { status, body } = answer
      const [[parameter, value]] = Object.entries(query) as [[string, string | number]]
      hold(status === 400, `${parameter}=${value}: ${status}, not 400`)
      const errors = (body.errors ?? []) as Json[]
      hold(errors[0]?.path === `query/${parameter}`, `${parameter}=${value}: errors does not name query/${parameter}`)
    }
    return ''
  },
})
