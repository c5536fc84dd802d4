/** Exports that are not read must not use up the capacity of others. */
import { type IncomingMessage, request } from 'node:http'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts'
import { writeClients } from '../../support/clients.ts'
import { createEnvironment, openGateway, type TestGateway } from '../../support/test-gateway.ts'

const reader = { scopes: ['leads:read', 'ops:read'], grants: { brokerages: ['b1001'] } }
const clients = writeClients({ one: reader, two: reader, three: reader })
type Client = Parameters<typeof clients.headers>[0]

const now = new Date('2026-11-21T12:00:00Z')
const window = 'brokerageId=b1001&from=2025-12-01&to=2026-11-30'

let sandbox: Sandbox
let gateway: TestGateway
let base: string
const responses: IncomingMessage[] = []

beforeAll(async () => {
  sandbox = await startSandbox({ leads: 20_000, now })
})

beforeEach(() => {
  responses.length = 0
  sandbox.control.reset()
  // Without v2, a report is one long reply. An export that is not read keeps it open.
  sandbox.control.spacio.set({ v2: 'not-authorized' })
})

afterEach(async () => {
  for (const response of responses) response.destroy()
  await gateway.close()
})

afterAll(() => sandbox.close())

/** A busy machine may take long to send three exports; only the tests of `unreadMs` give up soon. */
const open = async (timeouts = { unreadMs: 600_000 }): Promise<void> => {
  const env = { ...createEnvironment(sandbox), FOYER_AUTH: 'required', FOYER_CLIENTS_FILE: clients.path }
  gateway = await openGateway(env, { now: () => now, timeouts })
  base = await gateway.app.listen({ host: '127.0.0.1', port: 0 })
}

/** Requests an export and reads nothing but its headers. */
const requestExport = (client: Client, format = 'ndjson', days = window): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const headers = clients.headers(client)
    request(`${base}/leads/export?${days}&format=${format}`, { headers, agent: false }, (response) => {
      response.on('error', () => {})
      responses.push(response)
      resolve(response)
    })
      .on('error', reject)
      .end()
  })

const readText = async (response: IncomingMessage): Promise<string> => {
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += chunk
  return text
}

/** The number of long reports that are being read from the upstream. */
const countReports = async (): Promise<number> => {
  const { body } = await gateway.get('/upstreams', clients.headers('one'))
  const bulkheads = body.data.flatMap((upstream: { bulkheads: { inFlight: number }[] }) => upstream.bulkheads)
  return bulkheads.reduce((sum: number, each: { inFlight: number }) => sum + each.inFlight, 0)
}

test('a client can run two exports at the same time, and a third one is 429', async () => {
  await open()
  const [first, second] = [await requestExport('one'), await requestExport('one')]
  const third = await requestExport('one')
  expect([first.statusCode, second.statusCode, third.statusCode]).toEqual([200, 200, 429])
  expect(third.headers['retry-after']).toBe('5')
  const problem = JSON.parse(await readText(third))
  expect(problem).toMatchObject({ code: 'rate-limited', detail: expect.stringContaining('2 exports') })
  await readText(first)
  expect((await requestExport('one')).statusCode).toBe(200)
})

test('unread exports of several clients leave an upstream slot for the live feed of their tenant', async () => {
  await open()
  for (const client of ['one', 'one', 'two'] as const) expect((await requestExport(client)).statusCode).toBe(200)
  const refused = await requestExport('three')
  expect(refused.statusCode).toBe(503)
  expect(JSON.parse(await readText(refused))).toMatchObject({ code: 'overloaded', retryAfter: 5 })
  expect(await countReports()).toBe(3)
  const feed = await gateway.get('/leads/feed?brokerageId=b1001', clients.headers('three'))
  expect(feed.status).toBe(200)
})

test('an export that the client does not read is aborted, and its slot is freed', async () => {
  await open({ unreadMs: 300 })
  await requestExport('one')
  await requestExport('one')
  await expect.poll(countReports).toBe(0)
  expect((await requestExport('one')).statusCode).toBe(200)
})

test('a slow upstream does not count as a slow client', async () => {
  await open({ unreadMs: 300 })
  // Each of the two readings of a large CSV export pauses for longer than a client may.
  sandbox.control.spacio.fault({ operation: 'v1/getRegistrantsByBrokerage', kind: 'latency', ms: 900 })
  const response = await requestExport('one', 'csv', 'brokerageId=b1001&from=2026-05-01&to=2026-11-30')
  expect(response.statusCode).toBe(200)
  const text = await readText(response)
  expect([response.complete, text.endsWith('\r\n')]).toEqual([true, true])
})

test('failed exports, HEAD requests and disconnected clients free their slots', async () => {
  await open()
  const { spacio } = sandbox.control
  spacio.fault({ operation: 'v1/getRegistrantsByBrokerage', kind: 'error', code: 'access-denied', times: 3 })
  for (let each = 0; each < 3; each += 1) expect((await requestExport('one')).statusCode).toBe(403)
  for (let each = 0; each < 3; each += 1) {
    const head = await fetch(`${base}/leads/export?${window}`, { method: 'HEAD', headers: clients.headers('one') })
    expect(head.status).toBe(200)
  }
  for (let each = 0; each < 3; each += 1) {
    const response = await requestExport('one')
    expect(response.statusCode).toBe(200)
    response.destroy()
    await expect.poll(countReports).toBe(0)
  }
})
