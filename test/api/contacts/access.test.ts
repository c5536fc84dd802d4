/** Contacts and events need their scope, and a LionDesk connection of the caller. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { everyScope, writeClients } from '../../support/clients.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

const clients = writeClients({
  reader: { scopes: ['contacts:read', 'events:read'], grants: { connections: ['default'] } },
  contacts: { scopes: ['contacts:read'], grants: { connections: '*' } },
  events: { scopes: ['events:read'], grants: { connections: '*' } },
  foreign: { scopes: everyScope, grants: { connections: ['other'] } },
})

let foyer: SandboxGateway

beforeAll(async () => {
  foyer = await openSandboxAndGateway({ env: { FOYER_AUTH: 'required', FOYER_CLIENTS_FILE: clients.path } })
})
beforeEach(() => foyer.sandbox.control.reset())
afterAll(() => foyer.close())

const contactUrls = ['/contacts?email=visitor2@example.com', '/contacts?phone=517-555-0104', '/contacts/1']
const eventUrls = ['/events?contactId=1', '/events/7']

const receivedRequests = () => foyer.sandbox.control.liondesk.requests()

test('with both scopes and the connection, all can be read', async () => {
  for (const url of [...contactUrls, ...eventUrls]) {
    expect((await foyer.get(url, clients.headers('reader'))).status).toBe(200)
  }
})

test('events:read opens no contact, contacts:read no event', async () => {
  for (const [urls, client, scope] of [
    [contactUrls, 'events', 'contacts:read'],
    [eventUrls, 'contacts', 'events:read'],
  ] as const) {
    for (const url of urls) {
      expect(await foyer.get(url, clients.headers(client))).toMatchObject({
        status: 403,
        body: { code: 'forbidden', detail: `This operation needs the scope ${scope}.` },
      })
    }
  }
  expect(receivedRequests()).toEqual([])
})

test('a connection that is not granted is 403, the same whether it exists or not', async () => {
  for (const url of [...contactUrls, ...eventUrls]) {
    const ask = (connection: string) =>
      foyer.get(`${url}${url.includes('?') ? '&' : '?'}connection=${connection}`, clients.headers('foreign'))
    expect(await ask('default')).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect((await ask('default')).body.detail).toBe((await ask('nowhere')).body.detail)
    expect((await foyer.get(url, clients.headers('foreign'))).status).toBe(409)
  }
  expect(receivedRequests()).toEqual([])
})

test('the wire record needs source:read', async () => {
  const reply = await foyer.get('/contacts/1?include=source', clients.headers('reader'))
  expect(reply).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  expect(receivedRequests()).toEqual([])
})
