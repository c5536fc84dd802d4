/** Tickets and open responses end when the client's key, scope or grant is withdrawn. */
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { TenantConfig } from '#src/config.ts'
import { loadConfig } from '#src/config.ts'
import { hashKey, makeKey, writeDocument } from '../../support/clients.ts'
import { openEventReader } from '../../support/event-reader.ts'
import { startIssuer } from '../../support/jwt-issuer.ts'
import { createEnvironment, openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

const [first, second, third] = [makeKey(), makeKey(), makeKey()]
const feed = '/leads/feed?brokerageId=b1001'

const web = {
  id: 'web',
  keyHashes: [hashKey(first), hashKey(second)],
  scopes: ['leads:read'],
  grants: { brokerages: ['b1001', 'b1002'], agents: ['agent1@example.com'] },
}

const other = { id: 'other', keyHashes: [hashKey(third)], scopes: ['leads:read'], grants: { brokerages: ['b1002'] } }

let foyer: SandboxGateway
let issuer: Awaited<ReturnType<typeof startIssuer>>
let url: string

const tenantsWith = (...clients: object[]): readonly TenantConfig[] =>
  loadConfig({
    ...createEnvironment(foyer.sandbox),
    FOYER_CLIENTS_FILE: writeDocument({ clients }),
  }).tenants

const reload = (...clients: object[]) => foyer.app.reload({ tenants: tenantsWith(...clients) })

beforeAll(async () => {
  issuer = await startIssuer()
  foyer = await openSandboxAndGateway({
    sandbox: { leads: 500 },
    env: { FOYER_AUTH: 'required', FOYER_CLIENTS_FILE: writeDocument({ clients: [web] }), ...issuer.env },
  })
  await foyer.app.listen({ host: '127.0.0.1', port: 0 })
  url = `http://127.0.0.1:${(foyer.app.server.address() as AddressInfo).port}`
})

afterAll(async () => {
  await foyer.close()
  await issuer.close()
})

beforeEach(() => reload(web))

const issue = async (source: object, headers: Record<string, string> = { 'x-api-key': first }): Promise<string> =>
  (await foyer.send('POST', '/leads/feed/tickets', source, headers)).body.ticket

const statusWith = async (ticket: string, source = 'brokerageId=b1001'): Promise<number> =>
  (await foyer.get(`/leads/feed?${source}&ticket=${ticket}`)).status

test.for<[string, object[], number]>([
  ['nothing', [web], 200],
  ['another grant', [{ ...web, grants: { brokerages: ['b1001'] } }], 200],
  ['another key of the same client', [{ ...web, keyHashes: [hashKey(first)] }], 200],
  ['the key', [{ ...web, keyHashes: [hashKey(second)] }], 401],
  ['the client', [], 401],
  ['the client, if another one with the same name replaces it', [{ ...web, keyHashes: [hashKey(makeKey())] }], 401],
  ['the scope', [{ ...web, scopes: ['properties:read'] }], 401],
  ['the grant', [{ ...web, grants: { brokerages: ['b1002'] } }], 403],
])('a ticket after the withdrawal of %s returns the expected status', async ([, clients, status]) => {
  const ticket = await issue({ brokerageId: 'b1001' })
  expect(await statusWith(ticket)).toBe(200)
  reload(...clients)
  expect(await statusWith(ticket)).toBe(status)
})

test('a ticket for a property ends with the grant of its agent', async () => {
  const ticket = await issue({ sid: 10101 })
  expect(await statusWith(ticket, 'sid=10101')).toBe(200)
  reload({ ...web, grants: { agents: ['agent2@example.com'] } })
  expect(await statusWith(ticket, 'sid=10101')).toBe(404)
})

test('a ticket of a JWT has the grants of the JWT', async () => {
  const token = await issuer.sign({ sub: 'jo', scope: 'leads:read', grants: { brokerages: ['b1001'] } })
  const ticket = await issue({ brokerageId: 'b1001' }, { authorization: `Bearer ${token}` })
  reload()
  expect(await statusWith(ticket)).toBe(200)
})

/** The gateway knows the scopes of a key, but not those of a JWT that it no longer sees. */
test.for([
  ['a key with properties:read', 200],
  ['a JWT, even one with properties:read', 403],
] as const)('include=property with the ticket of %s', async ([holder, status]) => {
  reload({ ...web, scopes: ['leads:read', 'properties:read'] })
  const claims = { sub: 'jo', scope: 'leads:read properties:read', grants: { brokerages: ['b1001'] } }
  const headers = holder.includes('JWT')
    ? { authorization: `Bearer ${await issuer.sign(claims)}` }
    : { 'x-api-key': first }
  expect((await foyer.get(`${feed}&include=property`, headers)).status).toBe(200)
  const ticket = await issue({ brokerageId: 'b1001' }, headers)
  expect(await statusWith(ticket)).toBe(200)
  const reply = await foyer.get(`${feed}&include=property&ticket=${ticket}`)
  expect([reply.status, reply.body.code ?? null]).toEqual([status, status === 403 ? 'forbidden' : null])
})

const listen = async (headers: Record<string, string>, path = feed) => {
  const reader = await openEventReader(url + path, headers)
  expect(reader.status).toBe(200)
  await expect.poll(reader.lastId).not.toBe('')
  return reader
}

test.for<[string, object]>([
  ['its key', { ...web, keyHashes: [hashKey(second)] }],
  ['its scope', { ...web, scopes: ['properties:read'] }],
  ['its grant', { ...web, grants: { brokerages: ['b1002'] } }],
])('a live feed ends at the reload that withdraws %s, and the feeds of others stay open', async ([, changed]) => {
  reload(web, other)
  const ofKey = await listen({ 'x-api-key': first })
  const ofTicket = await listen({}, `${feed}&ticket=${await issue({ brokerageId: 'b1001' })}`)
  const ofOther = await listen({ 'x-api-key': third }, '/leads/feed?brokerageId=b1002')
  reload(web, other)
  reload(changed, other)
  await ofKey.ended
  await ofTicket.ended
  expect([ofKey.text(), ofTicket.text(), ofOther.text()].map((text) => text.includes('retry: '))).toEqual([
    true,
    true,
    false,
  ])
  expect(foyer.app.gateway.feed.countListeners()).toBe(1)
  ofOther.disconnect()
  await expect.poll(() => foyer.app.gateway.feed.countListeners()).toBe(0)
})

test.for([
  ['a live feed', '/leads/feed?teamId=t2001', { accept: 'text/event-stream' }],
  ['a feed', '/leads/feed?teamId=t2002', {}],
  ['an export', '/leads/export?teamId=t2001', {}],
] as const)('%s that is being opened while its key is withdrawn is rejected', async ([, path, headers]) => {
  foyer.sandbox.control.clearRequests()
  foyer.sandbox.control.spacio.fault({ operation: '*', kind: 'latency', ms: 200 })
  reload({ ...web, grants: { teams: '*' } })
  const opening = fetch(url + path, { headers: { 'x-api-key': first, ...headers } })
  await expect.poll(() => foyer.sandbox.control.spacio.requests().length).toBeGreaterThan(0)
  reload()
  expect((await opening).status).toBe(401)
  foyer.sandbox.control.spacio.clearFaults()
})

test.for([30, 60, 1e300 / 86_400])(
  'a JWT that is valid for %d days opens a live feed, which stays open',
  async (days) => {
    const exp = Math.floor(Date.now() / 1000) + days * 86_400
    const token = await issuer.sign({ sub: 'jo', exp, scope: 'leads:read', grants: { brokerages: ['b1001'] } })
    const reader = await listen({ authorization: `Bearer ${token}` })
    let isOver = false
    void reader.ended.then(() => {
      isOver = true
    })
    const ticket = await issue({ brokerageId: 'b1001' }, { authorization: `Bearer ${token}` })
    expect(await statusWith(ticket)).toBe(200)
    expect(isOver).toBe(false)
    reader.disconnect()
  },
)

test('a live feed ends with the JWT that opened it', async () => {
  // A token remains valid for half a minute after its expiry. On a busy machine, one second may be too short to connect.
  const listenFor = async (seconds: number) => {
    const exp = Math.floor(Date.now() / 1000) - 30 + seconds
    const token = await issuer.sign({ sub: 'jo', exp, scope: 'leads:read', grants: { brokerages: ['b1001'] } })
    return openEventReader(url + feed, { authorization: `Bearer ${token}` })
  }
  let reader = await listenFor(1)
  for (let seconds = 2; reader.status === 401 && seconds < 30; seconds *= 2) reader = await listenFor(seconds)
  expect(reader.status).toBe(200)
  await reader.ended
  expect(reader.text()).toContain('retry: ')
})
