/** One client cannot use up the hourly budget of its tenant, especially not with objects without a grant. */
import { afterEach, expect, test } from 'vitest'
import { writeClients } from '../../support/clients.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

const closers: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const grants = { agents: ['nobody@example.com'], connections: '*' }
const scopes = ['properties:read', 'leads:read', 'events:write']
const greedy = { scopes, grants }
const modest = { scopes, grants: { agents: '*' } } as const

interface World extends SandboxGateway {
  advance(milliseconds: number): void
  headers(id: 'greedy' | 'modest'): Record<string, string>
  calls(): number
}

const open = async (others: 'alone' | 'with others', env: Record<string, string> = {}): Promise<World> => {
  const clients = writeClients({ greedy, ...(others === 'with others' && { modest }) } as {
    greedy: object
    modest: object
  } as never)
  let now = Math.ceil(Date.now() / 3_600_000) * 3_600_000 + 60_000
  const foyer = await openSandboxAndGateway({
    sandbox: { leads: 100 },
    env: { FOYER_AUTH: 'required', FOYER_CLIENTS_FILE: clients.path, SPACIO_HOURLY_BUDGET: '100', ...env },
    now: () => new Date(now),
  })
  closers.push(foyer.close)
  return {
    ...foyer,
    advance: (milliseconds) => {
      now += milliseconds
    },
    headers: clients.headers as World['headers'],
    calls: () => foyer.sandbox.control.spacio.requests().length,
  }
}

/** Requests many different properties without a grant, and counts the responses by status. */
const sweep = async (world: World, count: number): Promise<Record<number, number>> => {
  const statuses: Record<number, number> = {}
  for (let sid = 900_000; sid < 900_000 + count; sid += 1) {
    const { status } = await world.get(`/properties/${sid}`, world.headers('greedy'))
    statuses[status] = (statuses[status] ?? 0) + 1
  }
  return statuses
}

test('a client may use at most half of the remaining hourly budget if the tenant has other clients', async () => {
  const world = await open('with others')
  const statuses = await sweep(world, 150)
  expect(world.calls()).toBeLessThanOrEqual(48)
  expect(world.calls()).toBeGreaterThan(40)
  expect(Object.keys(statuses).sort()).toEqual(['404', '429'])
  const refused = await world.get('/properties/1', world.headers('greedy'))
  expect(refused.body).toMatchObject({ code: 'rate-limited', detail: expect.stringContaining('has used half of') })
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(3_000)
  expect(refused.headers['ratelimit-policy']).toMatch(/"spacio-client";q=4\d;w=3600/)
  expect(refused.headers.ratelimit).toMatch(/"spacio-client";r=0;t=\d+/)

  expect((await world.get('/properties/10101', world.headers('modest'))).status).toBe(200)
  world.advance(3_600_000)
  expect((await world.get('/properties/999999', world.headers('greedy'))).status).toBe(404)
})

test('the share is computed from the budget that other clients have left', async () => {
  const world = await open('with others')
  const sids = world.sandbox.world.properties.map(({ sid }) => sid).slice(0, 20)
  for (const sid of sids) await world.get(`/properties/${sid}`, world.headers('modest'))
  const drawn = world.calls()
  await sweep(world, 100)
  expect(world.calls() - drawn).toBeLessThanOrEqual(Math.ceil((95 - drawn) / 2) + 1)
})

test('after the hourly budget is used up, cached responses are still served', async () => {
  const world = await open('with others')
  const read = () => world.get('/properties/10101', world.headers('modest'))
  expect((await read()).status).toBe(200)
  world.app.gateway.getUsage = () => ({ hourlyBudget: 100, usedThisHour: 95 })
  const { status, headers } = await read()
  expect([status, headers.ratelimit]).toEqual([200, expect.stringContaining('"spacio-hour";r=0')])
})

test('a write to LionDesk does not depend on the Spacio budget, unless it has fromSid', async () => {
  const world = await open('with others')
  await sweep(world, 100)
  const create = (body: object) => world.send('POST', '/events/7/properties', body, world.headers('greedy'))
  expect((await create({ city: 'Reno' })).status).toBe(201)
  expect((await create({ fromSid: 10101 })).body).toMatchObject({ status: 429, code: 'rate-limited' })
})

test('the share is configurable and appears in RateLimit', async () => {
  const world = await open('with others', { FOYER_CLIENT_BUDGET_SHARE: '20' })
  await sweep(world, 60)
  expect(world.calls()).toBeLessThanOrEqual(20)
  const { headers } = await world.get('/properties/10101', world.headers('modest'))
  expect(headers['ratelimit-policy']).toMatch(/"spacio-client";q=1\d;w=3600/)
})

test.for<['alone' | 'with others', Record<string, string>]>([
  ['alone', {}],
  ['with others', { FOYER_CLIENT_BUDGET_SHARE: '100' }],
])('%s, with %j, a client may use the whole hourly budget', async ([others, env]) => {
  const world = await open(others, env)
  await sweep(world, 100)
  expect(world.calls()).toBe(95)
  const { headers } = await world.get('/properties/1', world.headers('greedy'))
  expect(headers['ratelimit-policy']).not.toContain('spacio-client')
})

test('a missing property is cached for five minutes', async () => {
  const world = await open('alone')
  for (let round = 0; round < 3; round += 1) expect(await sweep(world, 1)).toEqual({ 404: 1 })
  expect(world.calls()).toBe(1)
  world.advance(5 * 60_000 + 1)
  expect(await sweep(world, 1)).toEqual({ 404: 1 })
  expect(world.calls()).toBe(2)
})
