/** The upstream silently limits a page to 25 rows. The gateway joins pages of any size. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { listQueryPairs, listRequests, useSandboxAndGateway } from '../../support/liondesk.ts'
import { createRunOptions } from '../../support/properties.ts'

const foyer = useSandboxAndGateway()

const findIds = (reply: { body: any }): string[] => reply.body.data.map(({ id }: { id: string }) => id)

const allIds = (): string[] =>
  foyer()
    .sandbox.control.liondesk.records('11')
    .map(({ id }) => id)

test('a limit above the maximum continues after the returned rows', async () => {
  const reply = await foyer().get('/events/11/properties?limit=200')

  expect(findIds(reply)).toEqual(allIds())
  expect(reply.body.pagination).toEqual({ total: 60, limit: 200, offset: 0 })
  expect(
    listRequests(foyer()).map((entry) =>
      listQueryPairs(entry)
        .slice(0, 2)
        .map(([, value]) => Number(value)),
    ),
  ).toEqual([
    [200, 0],
    [175, 25],
    [150, 50],
  ])
})

test('any limit and offset is a slice of the list, whatever the upstream’s maximum', async () => {
  const property = fc.asyncProperty(
    fc.integer({ min: 1, max: 200 }),
    fc.integer({ min: 0, max: 80 }),
    fc.integer({ min: 1, max: 70 }),
    async (limit, offset, maximumLimit) => {
      foyer().sandbox.control.liondesk.set({ maximumLimit })
      const reply = await foyer().get(`/events/11/properties?limit=${limit}&offset=${offset}`)
      expect(findIds(reply)).toEqual(allIds().slice(offset, offset + limit))
      expect(reply.body.pagination).toEqual({ total: 60, limit, offset })
    },
  )
  await fc.assert(property, createRunOptions(60))
})

test('following next from the first page returns every record once', async () => {
  const seen: string[] = []
  let url: string | undefined = '/events/11/properties?limit=7&sort=-listPrice&city[ne]=Atlantis'
  while (url) {
    const reply: Awaited<ReturnType<ReturnType<typeof foyer>['get']>> = await foyer().get(url)
    seen.push(...findIds(reply))
    url = /<([^>]+)>; rel="next"/.exec(String(reply.headers.link))?.[1]
  }
  expect(seen.length).toBe(60)
  expect(seen.toSorted()).toEqual(allIds().toSorted())
})

test('an event without properties is an empty list', async () => {
  expect((await foyer().get('/events/9/properties')).body).toEqual({
    data: [],
    pagination: { total: 0, limit: 50, offset: 0 },
  })
})

test('a page past the end is empty with the exact total', async () => {
  const reply = await foyer().get('/events/11/properties?offset=1000000')
  expect(reply.body).toEqual({ data: [], pagination: { total: 60, limit: 50, offset: 1_000_000 } })
})

test('the upstream’s order is retained across pages', async () => {
  const reply = await foyer().get('/events/11/properties?sort=-listPrice&limit=60')
  const prices = reply.body.data.map(({ listPrice }: { listPrice: number }) => listPrice)
  expect(prices).toEqual(prices.toSorted((a: number, b: number) => b - a))
})

test.for<[string, { given: unknown }]>([
  ['an empty page before the end', { given: { total: 60, limit: 10, skip: 0, data: [] } }],
  ['a total below the number of rows', { given: { total: 1, limit: 10, skip: 0, data: [{ id: 1 }, { id: 2 }] } }],
  ['a negative total', { given: { total: -1, limit: 10, skip: 0, data: [] } }],
  ['no total', { given: { data: [] } }],
  ['a fractional total', { given: { total: 1.5, data: [{ id: 1 }] } }],
  ['no data', { given: { total: 0 } }],
  ['data that is not a list', { given: { total: 1, data: { 0: { id: 1 } } } }],
  ['a list without a page', { given: [{ id: 1 }] }],
  ['a row that is not a record', { given: { total: 2, data: [{ id: 1 }, null] } }],
  ['a row that is text', { given: { total: 1, data: ['x'] } }],
  ['null', { given: null }],
])('%s is 502, never a shorter list', async ([, { given }]) => {
  foyer().sandbox.control.liondesk.fault({ operation: 'find', kind: 'body', body: JSON.stringify(given) })
  expect(await foyer().get('/events/11/properties')).toMatchObject({
    status: 502,
    body: { code: 'upstream-invalid-response', upstream: { system: 'liondesk', operation: 'find' } },
  })
})

test('an empty later page is 502 too, after one more attempt', async () => {
  foyer().sandbox.control.liondesk.fault({
    operation: 'find',
    kind: 'body',
    after: 1,
    body: { total: 60, limit: 25, skip: 25, data: [] },
  })
  expect((await foyer().get('/events/11/properties')).status).toBe(502)
  expect(listRequests(foyer()).length).toBe(3)
})

test('surplus rows of the upstream do not lengthen the page', async () => {
  const data = Array.from({ length: 9 }, (_, id) => ({ id }))
  const body = { total: 9, limit: 9, skip: 0, data }
  foyer().sandbox.control.liondesk.fault({ operation: 'find', kind: 'body', body })

  expect(findIds(await foyer().get('/events/11/properties?limit=4'))).toEqual(['0', '1', '2', '3'])
})
