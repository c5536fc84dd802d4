/** After a reload that changes a tenant's account, no reply comes from the earlier account. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadConfig } from '#src/config.ts'
import { createEntry, everyGrant, everyScope, makeKey, writeDocument } from '../../support/clients.ts'
import { type MarkedUpstreams, startMarkedUpstreams } from '../../support/marked-upstreams.ts'
import { openGateway, type TestGateway } from '../../support/test-gateway.ts'

const keys = { all: makeKey(), own: makeKey() }

let upstreams: MarkedUpstreams
let gateway: TestGateway

const createSettings = (account: string) => ({
  LIONDESK_BASE_URL: upstreams.url,
  FOYER_AUTH: 'required',
  FOYER_TENANTS_FILE: writeDocument({
    tenants: [
      {
        id: 'north',
        spacio: { apiKey: account, baseUrl: upstreams.url },
        liondesk: { connections: [{ id: 'main', accessToken: account }] },
        clients: [
          createEntry({ id: 'all', scopes: everyScope, grants: everyGrant }, keys.all),
          createEntry({ id: 'own', scopes: everyScope, grants: { brokerages: ['b1'] } }, keys.own),
        ],
      },
    ],
  }),
})

const changeAccount = () => gateway.app.reload(loadConfig(createSettings('second')))

beforeEach(async () => {
  upstreams = await startMarkedUpstreams()
  gateway = await openGateway(createSettings('first'), { now: () => new Date('2026-03-15T12:30:00Z') })
})
afterEach(async () => {
  await gateway.close()
  await upstreams.close()
})

const get = (url: string, client: keyof typeof keys = 'all') => gateway.get(url, { 'x-api-key': keys[client] })

test.for([
  ['/properties/7'],
  ['/properties/7/open-houses'],
  ['/agents/agent@example.com/properties'],
  ['/brokerages/b1/agents'],
  ['/brokerages/b1/activity'],
  ['/brokerages/b1/open-houses'],
  ['/leads?sid=7'],
  ['/leads?sid=7&limit=1', '/leads?sid=7&limit=1&offset=1'],
  ['/leads?brokerageId=b1&limit=1', '/leads?brokerageId=b1&limit=1&offset=1'],
  ['/leads/feed?brokerageId=b1&from=2026-03-15'],
  ['/leads?brokerageId=b1&include=property'],
  ['/events/7/properties'],
])('%s', async ([before = '', after = before]) => {
  const earlier = await get(before)
  expect([earlier.status, earlier.text]).toEqual([200, expect.stringContaining('first')])
  expect((await get(before)).text).toContain('first')
  changeAccount()
  const later = await get(after)
  expect([later.status, later.text]).toEqual([200, expect.stringContaining('second')])
  expect(later.text).not.toContain('first')
})

test('leads in the feed that only the earlier account had', async () => {
  const url = '/leads/feed?sid=7&from=2026-03-15'
  expect((await get(url)).body.data).toHaveLength(2)
  changeAccount()
  expect(await get(url)).toMatchObject({ status: 200, body: { data: [] } })
})

test.for(['/properties/7', '/properties/7/open-houses', '/leads?sid=7', '/leads/feed?sid=7'])(
  'what the earlier account did not have: %s',
  async (url) => {
    upstreams.setError((question) => (/^first .*getProperty 7/.test(question) ? 'invalid-sid' : null))
    for (const client of ['all', 'own'] as const) await get('/properties/7', client)
    expect((await get('/properties/7')).body.code).toBe('unknown-property')
    changeAccount()
    for (const client of ['all', 'own'] as const) expect((await get(url, client)).status).toBe(200)
  },
)

test('a brokerage that the earlier account did not have', async () => {
  upstreams.setError((question) => (/^first .*getClaimedList b1/.test(question) ? 'invalid-bid' : null))
  expect((await get('/properties/7', 'own')).status).toBe(404)
  changeAccount()
  expect((await get('/properties/7', 'own')).status).toBe(200)
})

test('access follows the agent that the new account names', async () => {
  upstreams.setError((question) => (/^second .*getClaimedList b1/.test(question) ? 'invalid-bid' : null))
  expect((await get('/properties/7', 'own')).status).toBe(200)
  changeAccount()
  expect((await get('/properties/7', 'own')).status).toBe(404)
})

test('an Idempotency-Key of the earlier account', async () => {
  const create = () =>
    gateway.send('POST', '/events/7/properties', { city: 'Reno' }, { 'x-api-key': keys.all, 'idempotency-key': 'a' })
  const first = await create()
  expect(first.status).toBe(201)
  expect((await create()).headers['idempotency-replayed']).toBe('true')
  changeAccount()
  const second = await create()
  expect(second.status).toBe(201)
  expect(second.headers).not.toHaveProperty('idempotency-replayed')
})
