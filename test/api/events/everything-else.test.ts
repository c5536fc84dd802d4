/** `[ne]` and `[nin]` match everything that the filter without them does not match, including absent values. */
import { beforeEach, describe, expect, test } from 'vitest'
import { useSandboxAndGateway } from '../../support/liondesk.ts'

const foyer = useSandboxAndGateway()

const url = '/events/9/properties'

const liondesk = () => foyer().sandbox.control.liondesk

const getTotal = async (query: string): Promise<number> => {
  const reply = await foyer().get(`${url}?limit=200&${query}`)
  expect(reply.status).toBe(200)
  expect(reply.body.data).toHaveLength(reply.body.pagination.total)
  return reply.body.pagination.total
}

beforeEach(() => {
  liondesk().addRecords('9', { city: 'Reno', beds: '3' }, 41)
  liondesk().addRecords('9', { city: 'Sparks', beds: '2' }, 83)
  liondesk().addRecords('9', { state: 'NV' }, 13)
  liondesk().set({ maximumLimit: 50, sqlNulls: true })
})

describe('an upstream whose comparisons exclude rows without a value', () => {
  test.for<[string, string, number]>([
    ['city=Reno', 'city[ne]=Reno', 41],
    ['city[in]=Reno,Sparks', 'city[nin]=Reno,Sparks', 124],
    ['bedroomsTotal=3', 'bedroomsTotal[ne]=3', 41],
    ['city=Atlantis', 'city[ne]=Atlantis', 0],
    ['stateOrProvince=NV', 'stateOrProvince[nin]=NV', 13],
  ])('%s and %s partition the list', async ([filter, opposite, count]) => {
    expect(await getTotal(filter)).toBe(count)
    expect(await getTotal(opposite)).toBe(137 - count)
  })

  test('several negations exclude the values of all of them', async () => {
    expect(await getTotal('city[ne]=Reno&bedroomsTotal[ne]=2')).toBe(13)
    expect(await getTotal('bedroomsTotal=3&city[ne]=Reno')).toBe(0)
  })

  test('pages are slices of the filtered list, in its order', async () => {
    const pages = await Promise.all(
      [0, 50].map((offset) => foyer().get(`${url}?city[ne]=Reno&sort=-city&limit=50&offset=${offset}`)),
    )
    const rows = pages.flatMap(({ body }) => body.data)
    expect(pages.map(({ body }) => body.pagination.total)).toEqual([96, 96])
    expect(rows.map(({ city }: { city: string | null }) => city)).toEqual([
      ...Array(83).fill('Sparks'),
      ...Array(13).fill(null),
    ])
    expect(new Set(rows.map(({ id }: { id: string }) => id)).size).toBe(96)
  })

  test('rows without an id are distinguished by their content', async () => {
    liondesk().set({ omitId: true, maximumLimit: 200 })
    expect(await getTotal('city[ne]=Reno')).toBe(96)
    expect(await getTotal('city[ne]=Reno&include=source')).toBe(96)
  })
})

test('a row that is deleted between the pages of one of the two lists has no effect', async () => {
  const [reno] = liondesk().records('9')
  liondesk().removeRecordAfterFind(reno?.id as string)
  expect(await getTotal('city[ne]=Reno')).toBe(96)
})

test('a list that cannot be read exactly is 502', async () => {
  liondesk().set({ order: 'varies' })
  expect((await foyer().get(`${url}?city[ne]=Reno`)).status).toBe(502)
})
