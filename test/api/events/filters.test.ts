/** Filters and order, as the upstream receives them, and their results. */
import { expect, test } from 'vitest'
import { eventPropertyFilterFields } from '#schemas/event-property-query.ts'
import { eventPropertyMapping } from '#src/upstreams/liondesk/mapping.ts'
import { listQueryPairs, listRequests, useSandboxAndGateway } from '../../support/liondesk.ts'

const foyer = useSandboxAndGateway()

const wireQuery = async (query: string): Promise<[string, string][]> => {
  const reply = await foyer().get(`/events/11/properties?${query}`)
  expect(reply.status).toBe(200)
  const [first] = listRequests(foyer())
  const pairs = listQueryPairs(first as never).filter(([name]) => name !== '$limit' && name !== '$skip')
  // Every request sorts rows with equal values by id.
  expect(pairs.pop()).toEqual(['$sort[id]', '1'])
  return pairs
}

test.for<[string, { given: string; want: [string, string][] }]>([
  ['equality', { given: 'city=San%20Diego', want: [['city', 'San Diego']] }],
  ['one value', { given: 'city[in]=Spokane', want: [['city[$in][]', 'Spokane']] }],
  [
    'one of two',
    {
      given: 'city[in]=Spokane,Westport',
      want: [
        ['city[$in][]', 'Spokane'],
        ['city[$in][]', 'Westport'],
      ],
    },
  ],
  [
    'two fields',
    {
      given: 'stateOrProvince=WA&bedroomsTotal=3',
      want: [
        ['state', 'WA'],
        ['beds', '3'],
      ],
    },
  ],
  ['a value with special characters', { given: 'city=%26%24ne%5B%5D%3D%25', want: [['city', '&$ne[]=%']] }],
  ['a value that looks like an operator', { given: 'city=%24ne', want: [['city', '$ne']] }],
  ['an integer list', { given: 'bedroomsTotal[in]=3', want: [['beds[$in][]', '3']] }],
  ['a negative integer', { given: 'daysOnMarket=-1', want: [['listing_days_on_market', '-1']] }],
  ['descending', { given: 'sort=-createdAt', want: [['$sort[created_at]', '-1']] }],
  [
    'two orders',
    {
      given: 'sort=-listPrice,city',
      want: [
        ['$sort[listing_price]', '-1'],
        ['$sort[city]', '1'],
      ],
    },
  ],
])('%s', async ([, { given, want }]) => {
  expect(await wireQuery(given)).toEqual(want)
})

/** The filters of each request, in order, without limits and sorting. */
const filtersAsked = () =>
  listRequests(foyer()).map((entry) =>
    listQueryPairs(entry)
      .filter(([name]) => !name.startsWith('$'))
      .map((pair) => pair.join('=')),
  )

test.for<[string, { given: string; want: string[][] }]>([
  ['not equal', { given: 'city[ne]=Spokane', want: [[], ['city[$in][]=Spokane']] }],
  ['neither of two', { given: 'city[nin]=Spokane,Reno', want: [[], ['city[$in][]=Spokane', 'city[$in][]=Reno']] }],
  [
    'equality with not equal',
    { given: 'city=Spokane&city[ne]=Westport', want: [['city=Spokane'], ['city[$in][]=Westport']] },
  ],
  [
    'all compatible filters',
    {
      given: 'city[in]=Spokane&city[ne]=Westport&city[nin]=Reno&bedroomsTotal[ne]=3',
      want: [['city[$in][]=Spokane'], ['city[$in][]=Westport'], ['city[$in][]=Reno'], ['beds[$in][]=3']],
    },
  ],
])('%s is sent as its opposite and subtracted', async ([, { given, want }]) => {
  expect((await foyer().get(`/events/11/properties?${given}`)).status).toBe(200)
  expect(filtersAsked()[0]).toEqual(want[0])
  expect(new Set(filtersAsked().map(String))).toEqual(new Set(want.map(String)))
})

test('every field and operator has its wire name, and lists use the bracket form', async () => {
  const wireNames = new Map(eventPropertyMapping.fields.map(({ field, from }) => [field, from]))
  // Digits can be whole numbers or texts.
  const [one, two] = ['1', '2']
  for (const field of eventPropertyFilterFields) {
    const name = wireNames.get(field)
    const pairs = await Promise.all(
      [`${field}=${one}`, `${field}[ne]=${one}`, `${field}[in]=${one},${two}`, `${field}[nin]=${one}`].map((query) =>
        foyer().get(`/events/9/properties?${query}`),
      ),
    )
    expect(pairs.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    const sent = filtersAsked().map((pairs) => pairs.join(' '))
    expect(sent.toSorted()).toEqual(
      [
        `${name}=${one}`,
        // All rows, without the given ones.
        '',
        `${name}[$in][]=${one}`,
        `${name}[$in][]=${one} ${name}[$in][]=${two}`,
        '',
        `${name}[$in][]=${one}`,
      ].toSorted(),
    )
    foyer().sandbox.control.clearRequests()
  }
})

test.for<[string, { given: string; want: (city: string | null, beds: number) => boolean }]>([
  ['=', { given: 'city=Spokane', want: (city) => city === 'Spokane' }],
  ['ne', { given: 'city[ne]=Spokane', want: (city) => city !== 'Spokane' }],
  ['in', { given: 'city[in]=Spokane,Westport', want: (city) => city === 'Spokane' || city === 'Westport' }],
  ['nin', { given: 'city[nin]=Spokane,Westport', want: (city) => city !== 'Spokane' && city !== 'Westport' }],
  ['integers', { given: 'bedroomsTotal[in]=1,2,3', want: (_city, beds) => beds <= 3 }],
  ['nothing', { given: 'city=Atlantis', want: () => false }],
])('%s returns the right rows', async ([, { given, want }]) => {
  const all = (await foyer().get('/events/11/properties?limit=200')).body.data
  const reply = await foyer().get(`/events/11/properties?limit=200&${given}`)

  const kept = all.filter((record: any) => want(record.city, record.bedroomsTotal))
  expect(reply.body.data).toEqual(kept)
  expect(reply.body.pagination.total).toBe(kept.length)
})

const many = (count: number) => Array.from({ length: count }, (_, index) => `c${index}`).join(',')

test.for(['in', 'nin'])('city[%s] takes 20 values, and 21 are refused', async (operator) => {
  await foyer().get(`/events/9/properties?city[${operator}]=${many(20)}`)
  expect(filtersAsked().at(-1)).toHaveLength(20)
  foyer().sandbox.control.clearRequests()

  const reply = await foyer().get(`/events/11/properties?city[${operator}]=${many(21)}`)

  expect(reply).toMatchObject({ status: 400, body: { errors: [{ path: `query/city[${operator}]` }] } })
  expect(listRequests(foyer())).toEqual([])
})

test.for([
  ['an empty value', 'city='],
  ['an empty list', 'city[in]='],
  ['an empty element', 'city[in]=a,,b'],
  ['a comma at the end', 'city[nin]=a,'],
  ['equality and a list', 'city=a&city[in]=a,b'],
  ['a doubled filter', 'city=a&city=b'],
  ['a doubled operator', 'city[ne]=a&city[ne]=b'],
  ['a doubled limit', 'limit=1&limit=2'],
  ['a list in PHP style', 'city[]=a'],
  ['an indexed list', 'city[0]=a'],
  ['an operator of Feathers', 'city[$ne]=a'],
  ['a regular expression', 'city[$regex]=.*'],
  ['a nested operator', 'city[in][$ne]=a'],
  ['$where', '$where=1'],
  ['$or', '$or[0][city]=a'],
  ['$limit', '$limit=1000'],
  ['$select', '$select[]=city'],
  ['__proto__', '__proto__=1'],
  ['__proto__ with an operator', '__proto__[ne]=1'],
  ['constructor', 'constructor=1'],
  ['prototype of a filter', 'city[__proto__]=1'],
  ['hasOwnProperty', 'hasOwnProperty=1'],
  ['toString', 'toString[in]=1'],
  ['a wire name', 'mls=1'],
  ['another case', 'City=a'],
  ['an operator in capitals', 'city[NE]=a'],
  ['a field without filter support', 'listPrice=1'],
  ['no integer', 'bedroomsTotal=two'],
  ['a fraction', 'bedroomsTotal=2.5'],
  ['an exponent', 'bedroomsTotal=1e3'],
  ['a hexadecimal', 'bedroomsTotal=0x10'],
  ['a padded integer', 'bedroomsTotal=%202'],
  ['an integer beyond all', 'bedroomsTotal=99999999999999999999'],
  ['a list of no integers', 'bedroomsTotal[in]=one,two'],
  ['a list with a fraction', 'bedroomsTotal[in]=1,2.5'],
  ['a list with an exponent', 'bedroomsTotal[nin]=1e5'],
  ['a list with NaN', 'bedroomsTotal[nin]=NaN'],
  ['limit 0', 'limit=0'],
  ['limit 201', 'limit=201'],
  ['a limit in hexadecimal', 'limit=0x10'],
  ['a limit with an exponent', 'limit=1e1'],
  ['a padded limit', 'limit=%205'],
  ['no limit', 'limit='],
  ['an endless limit', 'limit=Infinity'],
  ['a negative offset', 'offset=-1'],
  ['an unknown order', 'sort=mls'],
  ['an empty order', 'sort='],
  ['an empty word in the order', 'sort=city,,listPrice'],
  ['two minus signs', 'sort=--city'],
  ['a duplicate sort field', 'sort=city,-city'],
  ['another include', 'include=everything'],
])('%s is rejected without an upstream call', async ([, query]) => {
  const reply = await foyer().get(`/events/11/properties?${query}`)

  expect(reply).toMatchObject({ status: 400, body: { code: 'invalid-request' } })
  expect(reply.body.errors.length).toBeGreaterThan(0)
  for (const { path } of reply.body.errors) expect(path).toMatch(/^query\//)
  expect(listRequests(foyer())).toEqual([])
})
