/**
 * All tenants share one store, so their names must differ. Each row does the same for two owners that differ in one
 * part, and the two must not share a name.
 */
import { randomBytes } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { allGrants, type Caller, scopes } from '#src/access-control.ts'
import { createRequestCache } from '#src/gateway/cache/request-cache.ts'
import { createConnections } from '#src/gateway/connections/index.ts'
import { createConnectionTenant } from '#src/gateway/connections/tenant-connections.ts'
import { createSealer } from '#src/gateway/crypto/encryption.ts'
import { createSigner } from '#src/gateway/crypto/signing.ts'
import { createLeadFeed, type FeedRequest } from '#src/gateway/feed/index.ts'
import { createIdempotency } from '#src/gateway/idempotency/index.ts'
import type { LeadReader } from '#src/gateway/leads/reader.ts'
import { createMemoryStore } from '#src/store/memory/index.ts'
import type { Store } from '#src/store/store.ts'
import { createHourlyCounter } from '#src/upstreams/transport/hourly-counter.ts'

const now = () => new Date('2026-03-15T12:00:00Z')

const sealer = createSealer([randomBytes(32)])

const signer = createSigner([randomBytes(32)])

const getCaller = (tenant: string): Caller => ({ tenant, client: 'web', scopes: new Set(scopes), grants: allGrants })

const getCall = (tenant: string, signal = new AbortController().signal) => ({
  caller: getCaller(tenant),
  signal,
  includeSource: false,
  includeProperty: false,
  requestCache: createRequestCache(),
})

/** A store that records every name. For a record, the collection and the id are one name. */
const openNamed = () => {
  const names = new Set<string>()
  const memory = createMemoryStore(() => now().getTime())
  const noted = Object.entries(memory).map(([step, run]) => [
    step,
    (...args: string[]) => {
      names.add(/record$/i.test(step) ? `${args[0]} / ${args[1]}` : String(args[0]))
      return (run as (...args: string[]) => unknown)(...args)
    },
  ])
  return { store: Object.fromEntries(noted) as Store, names }
}

type Act = (store: Store) => Promise<unknown>

const closes: (() => void)[] = []

afterEach(() => {
  for (const close of closes.splice(0)) close()
})

const feedOn = (store: Store) => {
  const feed = createLeadFeed({
    authorizer: { requireLeads: async () => {} } as never,
    ownership: {} as never,
    joinProperties: async (leads) => leads,
    reader: { stream: async function* () {}, getAccountId: (tenant: string) => tenant } as unknown as LeadReader,
    store,
    signer,
    settings: { lookBackMs: 1_000, minIntervalMs: 60_000, maxIntervalMs: 60_000, heartbeatMs: 60_000 },
    getUsage: () => ({ hourlyBudget: 1_000, usedThisHour: 0 }),
    reportFailure: () => {},
    now,
  })
  closes.push(feed.close)
  return feed
}

const readFeed =
  (tenant: string, query: FeedRequest): Act =>
  (store) =>
    feedOn(store).read(query, getCall(tenant))

/** Until the first event, the process has the lease of the poller, or has requested it. */
const listen =
  (tenant: string, query: FeedRequest): Act =>
  async (store) => {
    const left = new AbortController()
    const events = await feedOn(store).listen(query, getCall(tenant, left.signal))
    await events.next()
    left.abort()
    await events.return()
  }

const writeOnce =
  (path: string[], key = 'key'): Act =>
  (store) =>
    createIdempotency(store, sealer).once({
      ...{ path, key, request: {} },
      ...{ prepare: async () => ({}), send: async () => ({}), find: async () => null },
    })

const tokens = { accessToken: 'a', refreshToken: 'r2', issuedAt: now().getTime(), expiresAt: null }

const connectionsOn = (store: Store, tenant: string, connection: string) => {
  const getLionDeskOAuth = () =>
    ({ getAuthorizeUrl: () => 'http://liondesk', refreshTokens: async () => tokens }) as never
  const connections = createConnections({
    store,
    sealer,
    signer,
    upstreams: { getLionDeskOAuth },
    callbackUrl: 'http://foyer',
    now,
  })
  const application = { clientId: 'client', clientSecret: 'secret' }
  const configured = { id: connection, ...application, refreshToken: 'r1' }
  connections.configure([{ id: tenant, liondesk: { application, connections: [configured] } }])
  return connections
}

const renew =
  (tenant: string, connection: string): Act =>
  async (store) =>
    (await connectionsOn(store, tenant, connection).getTokens(getCaller(tenant), connection)).getCurrent()

const connectUser =
  (tenant: string): Act =>
  (store) =>
    connectionsOn(store, tenant, 'main').start(getCaller(tenant))

const drawCalls =
  (apiKey: string): Act =>
  async (store) => {
    const hour = createHourlyCounter(apiKey, store, { now: () => now().getTime(), monotonic: () => 0 })
    await hour.lease(1_000, 950)
    await hour.block(1_000)
  }

/** The connections of a tenant are listed together. */
const listOfTenant = 'configured connections north'

const brokerage = { brokerageId: 'x1' }

test.for<[string, Act, Act, shared?: string[]]>([
  ['the feed of another tenant', readFeed('north', brokerage), readFeed('south', brokerage)],
  ['the feed of another brokerage', readFeed('north', brokerage), readFeed('north', { brokerageId: 'x2' })],
  ['the feed of a team of the same name', readFeed('north', brokerage), readFeed('north', { teamId: 'x1' })],
  ['the feed as another agent', readFeed('north', { sid: 1 }), readFeed('north', { sid: 1, actingAgent: 'a@b.c' })],
  ['the poller of another tenant', listen('north', brokerage), listen('south', brokerage)],
  ['the poller of another team', listen('north', { teamId: 't1' }), listen('north', { teamId: 't2' })],
  ['a keyed write with another path', writeOnce(['north', 'web']), writeOnce(['south', 'web'])],
  ['a keyed write under another key', writeOnce(['north']), writeOnce(['north'], 'other')],
  ['the tokens of another tenant', renew('north', 'main'), renew('south', 'main')],
  ['the tokens of another connection', renew('north', 'main'), renew('north', 'second'), [listOfTenant]],
  ['the users of another tenant', connectUser('north'), connectUser('south')],
  ['the hour of another API key', drawCalls('n'), drawCalls('s')],
])('no key in the store collides with one of %s', async ([, one, other, shared = []]) => {
  const [first, second] = [openNamed(), openNamed()]
  await one(first.store)
  await other(second.store)
  expect(first.names.size).toBeGreaterThan(0)
  expect([...first.names].filter((name) => second.names.has(name))).toEqual(shared)
})

test('each tenant, kind and connection has a separate account, so that renewals never mix', () => {
  const accounts = ['north', 'south'].flatMap((id) => {
    const tenant = createConnectionTenant(id, createMemoryStore(), sealer, now)
    return ['c1', 'c2'].flatMap((connection) => [
      tenant.getUserAccount(connection),
      tenant.getConfiguredAccount({ id: connection, clientId: '', clientSecret: '', refreshToken: '' }),
    ])
  })
  expect(new Set(accounts.map(({ key }) => key)).size).toBe(8)
})
