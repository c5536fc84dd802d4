import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

let foyer: SandboxGateway
let instant = Date.parse('2026-11-21T12:00:00Z')

beforeAll(async () => {
  foyer = await openSandboxAndGateway({ sandbox: { leads: 500, now: new Date(instant) }, now: () => new Date(instant) })
})

afterAll(() => foyer.close())

const issue = async (source: object = { brokerageId: 'b1001' }) => {
  const { status, body, headers } = await foyer.send('POST', '/leads/feed/tickets', source)
  expect([status, headers['cache-control']]).toEqual([201, 'no-store'])
  expect(body.expiresAt).toMatch(/:\d\dZ$/)
  return body as { ticket: string; expiresAt: string }
}

const outcome = async (url: string) => {
  const { status, body } = await foyer.get(url)
  return [status, body.code ?? null]
}

test('a ticket authenticates its feed for five minutes', async () => {
  const { ticket, expiresAt } = await issue()
  expect(Date.parse(expiresAt) - instant).toBe(5 * 60_000)
  const url = `/leads/feed?brokerageId=b1001&ticket=${ticket}`
  instant += 5 * 60_000 - 1
  expect(await outcome(url)).toEqual([200, null])
  instant += 1
  expect(await outcome(url)).toEqual([401, 'unauthenticated'])
})

test.each([
  ['forged', (ticket: string) => `${ticket.slice(0, -3)}AAA`],
  ['cut', (ticket: string) => ticket.slice(0, -4)],
  ['with an extended lifetime', (ticket: string) => `${swapped(ticket)}.${ticket.split('.')[1]}`],
  ['empty', () => ''],
  ['no ticket', () => 'x'],
  ['a cursor', async () => (await foyer.get('/leads/feed?brokerageId=b1001')).body.cursor as string],
])('a ticket that is %s is 401', async (_name, spoil) => {
  const ticket = await spoil((await issue()).ticket)
  expect(await outcome(`/leads/feed?brokerageId=b1001&ticket=${ticket}`)).toEqual([401, 'unauthenticated'])
})

const swapped = (ticket: string): string => {
  const payload = JSON.parse(Buffer.from(ticket.split('.')[0] as string, 'base64url').toString())
  payload[2] += 86_400_000
  return Buffer.from(JSON.stringify(payload)).toString('base64url')
}

test.each(['brokerageId=b1002', 'teamId=t2001', 'sid=10101'])('for another feed, %s, it is 403', async (source) => {
  const { ticket } = await issue()
  expect(await outcome(`/leads/feed?${source}&ticket=${ticket}`)).toEqual([403, 'forbidden'])
})

test('a ticket for a property is valid for the acting agent that it was issued for', async () => {
  const { ticket } = await issue({ sid: 10101 })
  expect(await outcome(`/leads/feed?sid=10101&ticket=${ticket}`)).toEqual([200, null])
  const other = `/leads/feed?sid=10101&actingAgent=agent2@example.com&ticket=${ticket}`
  expect(await outcome(other)).toEqual([403, 'forbidden'])
})

test('a ticket is not a cursor', async () => {
  const { ticket } = await issue()
  expect(await outcome(`/leads/feed?brokerageId=b1001&after=${ticket}`)).toEqual([400, 'invalid-request'])
})

test.each([
  '/leads?brokerageId=b1001',
  '/leads/export?brokerageId=b1001',
  '/properties/10101?',
  '/brokerages/b1001/agents?',
  '/events/7/properties?',
])('no other route accepts a ticket: %s', async (url) => {
  const { ticket } = await issue()
  expect(await outcome(`${url}&ticket=${ticket}`.replace('?&', '?'))).toEqual([400, 'invalid-request'])
})

test.for<[object, { status: number; path: string }]>([
  [{}, { status: 400, path: 'body/brokerageId' }],
  [
    { brokerageId: 'b1001', teamId: 't2001' },
    { status: 400, path: 'body/teamId' },
  ],
  [
    { brokerageId: 'b1001', sid: 10101 },
    { status: 400, path: 'body/sid' },
  ],
  [{ brokerageId: '' }, { status: 422, path: 'body/brokerageId' }],
  [{ sid: 0 }, { status: 422, path: 'body/sid' }],
])('the error for %j names the field of the body', async ([source, { status, path }]) => {
  const reply = await foyer.send('POST', '/leads/feed/tickets', source)
  expect([reply.status, reply.body.errors[0].path]).toEqual([status, path])
  expect(reply.body.detail).toBe(`${path} ${reply.body.errors[0].message}.`)
})

test('a ticket is valid for exactly one source and cannot issue tickets', async () => {
  expect((await foyer.send('POST', '/leads/feed/tickets', {})).status).toBe(400)
  expect((await foyer.send('POST', '/leads/feed/tickets', { brokerageId: 'b1001', teamId: 't2001' })).status).toBe(400)
  const { ticket } = await issue()
  expect((await foyer.send('POST', `/leads/feed/tickets?ticket=${ticket}`, { brokerageId: 'b1002' })).status).toBe(400)
})
