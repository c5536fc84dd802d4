/** Lists of agents are cached for five minutes and never served stale. Leads and LionDesk replies are never cached. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { getCacheStatus, openTimedGateway, type TimedGateway } from '../../support/caching.ts'

let foyer: TimedGateway

beforeAll(async () => {
  foyer = await openTimedGateway()
})

beforeEach(() => foyer.nextDay())

afterAll(() => foyer.close())

const lists = [
  ['getClaimedList', '/brokerages/b1001/agents'],
  ['getActivityList', '/brokerages/b1001/activity?from=2026-03-01&to=2026-03-14'],
] as const

describe.each(lists)('%s', (operation, url) => {
  test('is called once in five minutes', async () => {
    const first = await foyer.get(url)
    expect(getCacheStatus(first)).toBe('Foyer; fwd=uri-miss; stored; ttl=300')
    foyer.clock.pass(299.999)
    const second = await foyer.get(url)
    expect([getCacheStatus(second), second.text]).toEqual(['Foyer; hit; ttl=1', first.text])
    expect(second.headers['cache-control']).toBe('no-store')
    expect(foyer.listCalls()).toEqual([operation])
    foyer.clock.pass(0.001)
    expect(getCacheStatus(await foyer.get(url))).toBe('Foyer; fwd=stale; stored; ttl=300')
  })

  test('no older response is served stale', async () => {
    await foyer.get(url)
    foyer.sandbox.control.spacio.fault({ operation, kind: 'status', status: 500 })
    foyer.clock.pass(300)
    expect((await foyer.get(url)).status).toBe(502)
  })
})

test('a parameter that changes the response has its own result', async () => {
  const windows = ['from=2026-03-01&to=2026-03-14', 'from=2026-03-02&to=2026-03-14', 'from=2026-03-01&to=2026-03-13']
  for (const window of windows) {
    for (const id of ['b1001', 'b1002']) {
      for (const list of ['activity', 'open-houses']) {
        const reply = await foyer.get(`/brokerages/${id}/${list}?${window}`)
        expect(getCacheStatus(reply)).toMatch(/^Foyer; fwd=uri-miss/)
      }
    }
  }
  expect(foyer.listCalls()).toHaveLength(12)
})

test.each(['/leads?sid=10101', '/leads?brokerageId=b1001', '/leads?teamId=t2001'])(
  '%s calls the upstream again',
  async (url) => {
    await foyer.get(url)
    foyer.sandbox.control.clearRequests()
    const reply = await foyer.get(url)
    expect(foyer.listCalls().some((operation) => operation.startsWith('getRegistrants'))).toBe(true)
    expect(reply.headers['cache-control']).toBe('no-store')
    expect(reply.headers).not.toHaveProperty('cache-status')
  },
)

test('event properties call the upstream again', async () => {
  for (const url of ['/events/7/properties', '/events/7/properties/1']) {
    for (const _ of [1, 2]) expect((await foyer.get(url)).headers).not.toHaveProperty('cache-status')
  }
  expect(foyer.sandbox.control.liondesk.requests()).toHaveLength(4)
})

test('tokens are issued again', async () => {
  for (const _ of [1, 2]) {
    const reply = await foyer.send('POST', '/agents/agent1@example.com/access-token')
    expect(reply.headers).toMatchObject({ 'cache-control': 'no-store' })
    expect(reply.headers).not.toHaveProperty('cache-status')
  }
  expect(foyer.listCalls()).toEqual(['getAccessToken', 'getAccessToken'])
})
