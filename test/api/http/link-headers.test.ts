import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

let foyer: SandboxGateway

beforeAll(async () => {
  foyer = await openSandboxAndGateway({
    sandbox: { leads: 0 },
    env: { FOYER_PUBLIC_URL: 'https://api.example.com/foyer/' },
  })
})

afterAll(() => foyer.close())

const getLinks = (link: unknown) =>
  Object.fromEntries([...String(link).matchAll(/<([^>]*)>; rel="(\w+)"/g)].map(([, url, relation]) => [relation, url]))

const list = 'https://api.example.com/foyer/events/11/properties'

test.for<[string, { given: string; want: object }]>([
  [
    'the first page',
    { given: 'limit=20', want: { first: 'limit=20&offset=0', next: 'limit=20&offset=20', last: 'limit=20&offset=40' } },
  ],
  [
    'a page between',
    {
      given: 'limit=20&offset=20',
      want: {
        first: 'limit=20&offset=0',
        prev: 'limit=20&offset=0',
        next: 'limit=20&offset=40',
        last: 'limit=20&offset=40',
      },
    },
  ],
  [
    'the last page',
    {
      given: 'limit=20&offset=40',
      want: { first: 'limit=20&offset=0', prev: 'limit=20&offset=20', last: 'limit=20&offset=40' },
    },
  ],
  [
    'an odd offset',
    {
      given: 'limit=50&offset=7',
      want: {
        first: 'limit=50&offset=0',
        prev: 'limit=50&offset=0',
        next: 'limit=50&offset=57',
        last: 'limit=50&offset=50',
      },
    },
  ],
  [
    'an offset after the end',
    {
      given: 'limit=20&offset=1000',
      want: { first: 'limit=20&offset=0', prev: 'limit=20&offset=40', last: 'limit=20&offset=40' },
    },
  ],
])('%s', async ([, { given, want }]) => {
  const { headers } = await foyer.get(`/events/11/properties?${given}`)
  expect(getLinks(headers.link)).toEqual(
    Object.fromEntries(Object.entries(want).map(([relation, query]) => [relation, `${list}?${query}`])),
  )
})

test('a link preserves the filters', async () => {
  const { headers } = await foyer.get('/events/11/properties?limit=1&city[in]=San%20Diego,Reno&sort=-city')
  const next = new URL(getLinks(headers.link).next ?? '')
  expect(Object.fromEntries(next.searchParams)).toEqual({
    limit: '1',
    offset: '1',
    'city[in]': 'San Diego,Reno',
    sort: '-city',
  })
})

test('a link preserves a question mark in a value', async () => {
  const { headers } = await foyer.get('/events/11/properties?limit=1&city[ne]=what?&sort=-city')
  const next = new URL(getLinks(headers.link).next ?? '')
  expect(next.searchParams.get('city[ne]')).toBe('what?')
  expect(next.searchParams.get('sort')).toBe('-city')
})
