import { describe, expect, test } from 'vitest'
import { callLionDesk, useSandbox } from '../../support/sandbox.ts'

const current = useSandbox({ leads: 0 })

const find = async (query: string) => (await callLionDesk(current(), `/events/11/properties?${query}`)).json
const records = () => current().control.liondesk.records('11')

describe('filters', () => {
  test('equality and $ne', async () => {
    const inState = records().filter(({ state }) => state === 'WA').length
    expect((await find('state=WA')).total).toBe(inState)
    expect((await find('state[$ne]=WA')).total).toBe(60 - inState)
  })

  test('numbers compare as numbers', async () => {
    const [record] = records()
    const price = Number(record?.listing_price)
    expect((await find(`listing_price=${price.toFixed(2)}&mls=${record?.mls}`)).total).toBe(1)
    expect((await find(`listing_price=${price}&mls=${record?.mls}`)).total).toBe(1)
  })

  test('$in and $nin with brackets', async () => {
    const wanted = records().filter(({ city }) => city === 'Spokane' || city === 'Westport').length
    expect((await find('city[$in][]=Spokane&city[$in][]=Westport')).total).toBe(wanted)
    expect((await find('city[$nin][]=Spokane&city[$nin][]=Westport')).total).toBe(60 - wanted)
    expect((await find('city[$in][]=Spokane')).total).toBeGreaterThan(0)
  })

  test('hazard: $in without brackets is a single text, more than 20 values are an object', async () => {
    expect(await find('city[$in]=Spokane')).toMatchObject({ code: 400 })
    const values = (count: number) => Array.from({ length: count }, (_, index) => `mls[$in][]=${index}`).join('&')
    expect(await find(values(20))).toMatchObject({ total: 0 })
    expect(await find(values(21))).toMatchObject({ code: 400, name: 'BadRequest' })
  })

  test.each(['beds[$gt]=1', '$or[0][beds]=1', '$select[]=mls', 'MLS=1', '$sort[nothing]=1', '$sort[beds]=up'])(
    'refused: %s',
    async (query) => {
      expect(await find(query)).toMatchObject({ code: 400, className: 'bad-request' })
    },
  )
})

describe('paging and sorting', () => {
  test('the limit is capped silently', async () => {
    expect(await find('')).toMatchObject({ total: 60, limit: 10 })
    expect(await find('$limit=100')).toMatchObject({ limit: 25, data: { length: 25 } })
    current().control.liondesk.set({ maximumLimit: 7 })
    expect(await find('$limit=100&$skip=58')).toMatchObject({ limit: 7, skip: 58, data: { length: 2 } })
  })

  test('numbers sort as numbers, times as times', async () => {
    const { data } = await find('$sort[beds]=-1&$sort[created_at]=1&$limit=25')
    const order = data.map(({ beds, created_at }: Record<string, string>) => [Number(beds), created_at])
    const wanted = records().map(({ beds, created_at }) => [Number(beds), created_at] as const)
    wanted.sort((left, right) => right[0] - left[0] || String(left[1]).localeCompare(String(right[1])))
    expect(order).toEqual(wanted.slice(0, 25))
  })
})
