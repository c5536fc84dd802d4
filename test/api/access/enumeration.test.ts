/** Calls every documented operation without the necessary access. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { everyGrant, everyScope, writeClients } from '../../support/clients.ts'
import { findFill } from '../../support/raw-requests.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

interface Operation {
  'x-scope'?: string
  security: object[]
  requestBody?: { content: Record<string, { example?: unknown }> }
}

const document: { paths: Record<string, Record<string, Operation>> } = JSON.parse(
  readFileSync(new URL('../../../openapi/foyer.json', import.meta.url), 'utf8'),
)

/** Requests for operations whose object is in the query or the body. */
const variants: Record<string, { query?: string[]; bodies?: object[] }> = {
  'GET /leads': { query: ['brokerageId=b1001', 'teamId=t2001', 'sid=10101'] },
  'GET /leads/{id}': { query: ['brokerageId=b1001', 'teamId=t2001', 'sid=10101'] },
  'GET /leads/export': { query: ['brokerageId=b1001', 'teamId=t2001', 'sid=10101'] },
  'GET /leads/feed': { query: ['brokerageId=b1001', 'teamId=t2001', 'sid=10101'] },
  'GET /contacts': { query: ['email=visitor2@example.com', 'phone=517-555-0104'] },
  'GET /events': { query: ['contactId=1', 'contactId=1&type=property_viewed'] },
  'POST /leads/feed/tickets': { bodies: [{ brokerageId: 'b1001' }, { teamId: 't2001' }, { sid: 10101 }] },
  'POST /events/{eventId}/properties': { bodies: [{ city: 'Hoboken' }, { fromSid: 10101 }] },
  'PATCH /events/{eventId}/properties/{id}': { bodies: [{ city: 'Hoboken' }] },
  'GET /connections/callback': { query: ['code=c&state=s'] },
}

interface Probe {
  name: string
  template: string
  method: string
  url: string
  body?: object
  /** Undefined: every authenticated caller may use it, or it is public. */
  scope: string | undefined
  isPublic: boolean
}

const getProbes = (template: string, method: string, operation: Operation): Probe[] => {
  const path = findFill(template)
  const { query = [''], bodies = [undefined] } = variants[`${method} ${template}`] ?? {}
  return query.flatMap((search) =>
    bodies.map((body) => ({
      name: `${method} ${template} ${search} ${body ? JSON.stringify(body) : ''}`.trim(),
      template,
      method,
      url: search ? `${path}?${search}` : path,
      ...(body && { body }),
      scope: operation['x-scope'],
      isPublic: operation.security.length === 0,
    })),
  )
}

const probes = Object.entries(document.paths).flatMap(([template, operations]) =>
  Object.entries(operations).flatMap(([method, operation]) => getProbes(template, method.toUpperCase(), operation)),
)

const guarded = probes.filter(({ isPublic }) => !isPublic)

const scoped = guarded.filter(({ scope }) => scope !== undefined)

/** Operations that return no object of an upstream. */
const ownAffairs = ['/me', '/upstreams', '/metrics', '/connections', '/connections/{id}']

const getWithout = (scope: string): string => `without-${scope.replace(':', '-')}`

const clients = writeClients<string>({
  whole: { scopes: everyScope, grants: everyGrant },
  ungranted: { scopes: everyScope },
  foreign: { scopes: everyScope, grants: { brokerages: ['b9'], teams: ['t9'], agents: ['x@example.com'] } },
  ...Object.fromEntries(
    everyScope.map((scope) => [
      getWithout(scope),
      { scopes: everyScope.filter((each) => each !== scope), grants: everyGrant },
    ]),
  ),
})

let foyer: SandboxGateway

beforeAll(async () => {
  foyer = await openSandboxAndGateway({ env: { FOYER_AUTH: 'required', FOYER_CLIENTS_FILE: clients.path } })
})
beforeEach(() => foyer.sandbox.control.reset())
afterAll(() => foyer.close())

const upstreamCalls = (): string[] =>
  [...foyer.sandbox.control.spacio.requests(), ...foyer.sandbox.control.liondesk.requests()].map(
    ({ operation }) => operation,
  )

const send = ({ method, url, body }: Probe, headers: Record<string, string> = {}) =>
  foyer.send(method, url, body, headers)

test('only routes without tenant data are public', () => {
  expect(probes.filter(({ isPublic }) => isPublic).map(({ name }) => name)).toEqual(
    expect.arrayContaining(['GET /health/live', 'GET /health/ready', 'GET /mappings', 'GET /problems']),
  )
  const open = new Set(probes.filter(({ isPublic }) => isPublic).map(({ template }) => template))
  const allowed = [
    '/health/live',
    '/health/ready',
    '/mappings',
    '/problems',
    '/problems/{code}',
    '/connections/callback',
  ]
  expect([...open].filter((template) => !allowed.includes(template))).toEqual([])
  expect(guarded.length).toBeGreaterThan(20)
})

test('every operation except getMe needs a scope', () => {
  expect(guarded.filter(({ scope }) => scope === undefined).map(({ name }) => name)).toEqual(['GET /me'])
})

test.for(guarded.map((probe) => [probe.name, probe] as const))('%s: 401 without credentials', async ([, probe]) => {
  const reply = await send(probe)
  expect(reply).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
  expect(reply.headers['www-authenticate']).toBe('Bearer realm="Foyer"')
  expect(reply.headers['cache-control']).toBe('no-store')
  expect(upstreamCalls()).toEqual([])
})

test.for(scoped.map((probe) => [probe.name, probe] as const))('%s: 403 without the scope', async ([, probe]) => {
  const reply = await send(probe, clients.headers(getWithout(probe.scope as string)))
  expect(reply).toMatchObject({
    status: 403,
    body: { code: 'forbidden', detail: `This operation needs the scope ${probe.scope}.` },
  })
  expect(upstreamCalls()).toEqual([])
})

const objects = guarded.filter(({ template }) => !ownAffairs.includes(template))

/** A property without a grant looks like one that does not exist. In `fromSid` it is an invalid value. */
const getRefusal = ({ url, body = {} }: Probe): object => {
  if ('fromSid' in body) return { status: 422, body: { code: 'unprocessable' } }
  const isProperty = /^\/properties|sid=/.test(url) || 'sid' in body
  return isProperty ? { status: 404, body: { code: 'unknown-property' } } : { status: 403, body: { code: 'forbidden' } }
}

test.for(objects.map((probe) => [probe.name, probe] as const))('%s: rejected without a grant', async ([, probe]) => {
  const reply = await send(probe, clients.headers('ungranted'))
  const isEvent = /^\/(events|contacts)/.test(probe.template)
  expect(reply).toMatchObject(isEvent ? { status: 409, body: { code: 'reauthorization-required' } } : getRefusal(probe))
  expect(upstreamCalls()).toEqual([])
})

test.for(objects.map((probe) => [probe.name, probe] as const))(
  '%s: rejected with grants for other objects',
  async ([, probe]) => {
    const reply = await send(probe, clients.headers('foreign'))
    const isEvent = /^\/(events|contacts)/.test(probe.template)
    expect(reply).toMatchObject(
      isEvent ? { status: 409, body: { code: 'reauthorization-required' } } : getRefusal(probe),
    )
    // The calls that find the agent of a property and the agents of a brokerage.
    const establishing = ['getProperty', 'getClaimedList']
    expect(upstreamCalls().filter((operation) => !establishing.some((each) => operation.endsWith(each)))).toEqual([])
  },
)

test('the wire record needs a scope of its own', async () => {
  const url = '/properties/10101?include=source'
  expect(await foyer.get(url, clients.headers(getWithout('source:read')))).toMatchObject({ status: 403 })
  expect(await foyer.get(url, clients.headers('whole'))).toMatchObject({ status: 200 })
})

test('fromSid needs the scope properties:read', async () => {
  const headers = clients.headers(getWithout('properties:read'))
  const reply = await foyer.send('POST', '/events/9/properties', { fromSid: 10101 }, headers)
  expect(reply).toMatchObject({ status: 403, body: { detail: 'This operation needs the scope properties:read.' } })
  expect(upstreamCalls()).toEqual([])
})

test.for(['/mappings', '/problems', '/health/live', '/docs', '/openapi.json'])(
  '%s needs no credentials',
  async (url) => {
    for (const headers of [{}, { 'x-api-key': 'nonsense' }]) {
      expect((await foyer.app.inject({ url, headers })).statusCode).toBeLessThan(400)
    }
  },
)

test('an unknown route is 404, with and without a key', async () => {
  for (const headers of [{}, clients.headers('whole')]) {
    expect(await foyer.get('/nowhere', headers)).toMatchObject({ status: 404, body: { code: 'not-found' } })
  }
})
