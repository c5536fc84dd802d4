/** No personal data and no secret appears in a metric, a span or a log line. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FaultInput } from '../../../sandbox/index.ts'
import { everyGrant, everyScope, writeClients } from '../../support/clients.ts'
import { type Issuer, startIssuer } from '../../support/jwt-issuer.ts'
import { createLogbook, scrape } from '../../support/telemetry.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'
import { type Collector, startCollector } from '../../support/trace-collector.ts'

const email = 'canary.person@example.com'
const phone = '555-01-4242'

const clients = writeClients({ board: { scopes: everyScope, grants: everyGrant } })
const log = createLogbook()

let foyer: SandboxGateway
let collector: Collector
let issuer: Issuer
let token: string
/** Texts that must not appear, besides the canaries. */
let secrets: string[]
let passed = 0

beforeAll(async () => {
  collector = await startCollector()
  issuer = await startIssuer()
  foyer = await openSandboxAndGateway({
    sandbox: { leads: 400 },
    now: () => new Date(Date.now() + passed),
    env: {
      FOYER_AUTH: 'required',
      FOYER_CLIENTS_FILE: clients.path,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      ...issuer.env,
    },
    logger: log.logger,
  })
  token = await issuer.sign({ sub: email, scope: everyScope.join(' '), grants: everyGrant })
  const { spacio, liondesk } = foyer.sandbox
  secrets = [clients.keys.board, token, spacio.apiKey, liondesk.accessToken, 'agent1@example.com', 'agent1%40example']
})
afterAll(async () => {
  await foyer.close()
  await issuer.close()
  await collector.close()
})

const strange = {
  'user-agent': 'canary-agent',
  referer: `https://example.com/?mail=${email}`,
  cookie: 'session=canary',
  'x-request-id': 'canary',
  tracestate: 'canary=1',
}

const faults: (Omit<FaultInput, 'operation'> | null)[] = [
  null,
  { kind: 'body', body: { name: 'CanaryError', message: `no access for ${email}`, code: 403 }, status: 403 },
  { kind: 'body', body: { error: 'canary', message: `${email} ${phone}` } },
  { kind: 'body', body: { [email]: phone, canaryField: 'canary', canary_other: 1 } },
  { kind: 'body', body: `<html>canary ${email}</html>`, contentType: 'text/html' },
  { kind: 'reset' },
]

const askAll = async (headers: Record<string, string>) => {
  const get = (url: string) => foyer.app.inject({ url, headers: { ...headers, 'cache-control': 'no-cache' } })
  const post = (url: string, payload: object = {}) => foyer.app.inject({ method: 'POST', url, headers, payload })
  const issued = await foyer.app.inject({ method: 'POST', url: '/agents/agent1@example.com/access-token', headers })
  if (issued.statusCode === 200) secrets.push(issued.json().accessToken)
  await get('/properties/10101')
  await get('/agents/agent1@example.com/properties')
  await get(`/agents/${email}/properties`)
  await get('/leads?sid=10101')
  await get(`/leads?brokerageId=b1001&agentEmail=${email}`)
  await get(`/events/7/properties?city=${email}`)
  await get(`/contacts?email=${email}`)
  await get('/contacts?email=visitor2@example.com')
  await get(`/contacts?phone=${phone}`)
  await get('/contacts/1')
  await get('/events?contactId=1&type=canary')
  await get(`/nope/${email}/${phone}`)
  await get(`/properties/${email}`)
  await get('/problems/canary')
  await get('/leads/feed?brokerageId=b1001&ticket=canary')
  await post('/events/7/properties', { city: 'Canary Wharf', listingUrl: `https://x.example/${email}` })
  await post('/events/7/properties', { latitude: 'canary', canary: phone })
}

const credentials = (): Record<string, Record<string, string>> => ({
  'a key': clients.headers('board'),
  'a token': { authorization: `Bearer ${token}` },
  'a wrong key': { 'x-api-key': 'fk_canary' },
  'a wrong token': { authorization: 'Bearer canary.canary.canary' },
})

test.for(['a key', 'a token', 'a wrong key', 'a wrong token'])('with %s, for any request', async (who) => {
  for (const fault of faults) {
    foyer.sandbox.control.reset()
    // The breakers that the last fault opened are closed again, so that this fault takes effect.
    passed += 10 * 60_000
    if (fault) foyer.sandbox.control.spacio.fault({ operation: '*', ...fault })
    if (fault) foyer.sandbox.control.liondesk.fault({ operation: '*', ...fault })
    await askAll({ ...strange, ...credentials()[who] })
  }
})

test('metrics, log and spans are silent', async () => {
  const metrics = (await scrape(foyer.app, clients.headers('board'))).text
  await foyer.close()
  const told = { metrics, log: log.text(), spans: collector.bodies.join('\n') }
  expect(told.metrics).toContain('operation="getRegistrants"')
  expect(log.requests().length).toBeGreaterThan(100)
  expect(collector.spans().length).toBeGreaterThan(100)
  for (const [where, text] of Object.entries(told)) {
    expect(findLeaks(text), where).toEqual([])
    // By index, so that a failure does not print them.
    expect(
      secrets.findIndex((secret) => text.includes(secret)),
      where,
    ).toBe(-1)
  }
})

const findLeaks = (text: string): string[] =>
  [/canary.{0,20}/gi, /visitor\d+/gi, /[\w.]+(@|%40)example/gi, /\b555-\d\d-\d{4}/g].flatMap((pattern) =>
    [...text.matchAll(pattern)].map(([leak]) => leak),
  )
