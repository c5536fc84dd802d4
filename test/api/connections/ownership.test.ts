/** A connection belongs to its client. Other clients cannot find out that it exists. */
import { expect, test } from 'vitest'
import { createEntry, everyScope, makeKey, writeClients, writeDocument } from '../../support/clients.ts'
import {
  completeAuthorization,
  connectAccount,
  listConnections,
  listRequests,
  openConnectedGateway,
  openSandbox,
  startAuthorization,
  submitConsent,
} from '../../support/connections.ts'
import { openGateway } from '../../support/test-gateway.ts'

const none = { scopes: everyScope }

const openShared = async () => {
  const sandbox = await openSandbox()
  const clients = writeClients({
    ada: none,
    ben: none,
    operator: { scopes: everyScope, grants: { connections: '*' } },
    reader: { scopes: ['events:read'] },
  })
  const gateway = await openConnectedGateway(sandbox, { FOYER_AUTH: 'required', FOYER_CLIENTS_FILE: clients.path })
  return { sandbox, gateway, of: clients.headers }
}

/** All fields of a problem, except those of the single request. */
const shape = ({ status, body }: { status: number; body: any }) => [status, { ...body, requestId: '', instance: '' }]

test('the connection of another client looks like a missing one', async () => {
  const { sandbox, gateway, of } = await openShared()
  const id = await connectAccount(gateway, { headers: of('ada') })
  const calls = listRequests(sandbox, 'find').length

  expect(await listConnections(gateway, of('ben'))).toEqual([])
  expect((await gateway.get('/events/7/properties', of('ben'))).body.code).toBe('reauthorization-required')
  const use = (connection: string) => gateway.get(`/events/7/properties?connection=${connection}`, of('ben'))
  expect(shape(await use(id))).toEqual(shape(await use('c000000000000000000000000')))
  expect((await use(id)).status).toBe(403)
  const remove = (connection: string) => gateway.send('DELETE', `/connections/${connection}`, undefined, of('ben'))
  expect(shape(await remove(id))).toEqual(shape(await remove('c000000000000000000000000')))
  expect((await remove(id)).status).toBe(404)
  const read = (connection: string) => gateway.get(`/connections/${connection}`, of('ben'))
  expect(shape(await read(id))).toEqual(shape(await read('c000000000000000000000000')))
  expect((await read(id)).status).toBe(404)
  const reconnect = (reauthorize: string) => gateway.send('POST', '/connections', { reauthorize }, of('ben'))
  expect(shape(await reconnect(id))).toEqual(shape(await reconnect('c000000000000000000000000')))
  expect((await reconnect(id)).status).toBe(422)

  expect(listRequests(sandbox, 'find').length).toBe(calls)
  expect((await gateway.get('/events/7/properties', of('ada'))).status).toBe(200)
})

test('the connection belongs to the client that started it, for any user who returns from LionDesk', async () => {
  const { gateway, of } = await openShared()
  const { id, authorizeUrl } = await startAuthorization(gateway, undefined, of('ada'))
  expect((await completeAuthorization(gateway, await submitConsent(authorizeUrl), of('ben'))).status).toBe(200)
  expect(await listConnections(gateway, of('ada'))).toMatchObject([{ id, status: 'connected' }])
  expect(await listConnections(gateway, of('ben'))).toEqual([])
})

test('a grant of all connections covers those of other clients', async () => {
  const { gateway, of } = await openShared()
  const ada = await connectAccount(gateway, { headers: of('ada') })
  expect(await listConnections(gateway, of('operator'))).toMatchObject([{ id: ada }])
  expect((await gateway.get('/events/7/properties', of('operator'))).status).toBe(200)
  expect((await gateway.send('DELETE', `/connections/${ada}`, undefined, of('operator'))).status).toBe(204)
  expect(await listConnections(gateway, of('ada'))).toEqual([])
})

test('several connections require a choice, and a pending one does not count', async () => {
  const { sandbox, gateway, of } = await openShared()
  const first = await connectAccount(gateway, { headers: of('ada') })
  await startAuthorization(gateway, undefined, of('ada'))
  expect((await gateway.get('/events/7/properties', of('ada'))).status).toBe(200)
  const second = await connectAccount(gateway, { user: '2', headers: of('ada') })

  const reply = await gateway.get('/events/15/properties', of('ada'))
  expect(reply).toMatchObject({ status: 400, body: { errors: [{ path: 'query/connection' }] } })
  expect((await gateway.get(`/events/15/properties?connection=${first}`, of('ada'))).status).toBe(403)
  expect((await gateway.get(`/events/15/properties?connection=${second}`, of('ada'))).status).toBe(200)

  sandbox.control.liondesk.revokeToken()
  expect((await gateway.get(`/events/15/properties?connection=${second}`, of('ada'))).status).toBe(409)
  expect((await gateway.get('/events/15/properties', of('ada'))).status).toBe(400)
})

test('a pending connection that is named explicitly is 409', async () => {
  const { sandbox, gateway, of } = await openShared()
  const { id } = await startAuthorization(gateway, undefined, of('ada'))
  const reply = await gateway.get(`/events/7/properties?connection=${id}`, of('ada'))
  expect(reply).toMatchObject({ status: 409, body: { code: 'reauthorization-required' } })
  expect(sandbox.control.liondesk.requests()).toEqual([])
})

test('managing connections requires its scope', async () => {
  const { gateway, of } = await openShared()
  for (const [method, url] of [
    ['GET', '/connections'],
    ['POST', '/connections'],
    ['GET', '/connections/x'],
    ['DELETE', '/connections/x'],
  ] as const) {
    expect((await gateway.send(method, url, undefined, of('reader'))).status).toBe(403)
  }
})

test('the number of connections per client is limited', async () => {
  const sandbox = await openSandbox()
  let time = Date.now()
  const gateway = await openConnectedGateway(sandbox, {}, { now: () => new Date(time) })
  for (let count = 0; count < 100; count += 1) await startAuthorization(gateway)
  expect(await gateway.send('POST', '/connections')).toMatchObject({ status: 409, body: { code: 'conflict' } })
  time += 11 * 60_000
  expect((await gateway.send('POST', '/connections')).status).toBe(201)
  expect((await listConnections(gateway)).length).toBe(1)
})

test('without an application, the 409 says what is missing', async () => {
  const sandbox = await openSandbox()
  const gateway = await openConnectedGateway(sandbox, { LIONDESK_CLIENT_ID: '', LIONDESK_CLIENT_SECRET: '' })
  const reply = await gateway.send('POST', '/connections')
  expect(reply).toMatchObject({
    status: 409,
    body: { code: 'conflict', detail: expect.stringContaining('application') },
  })
  expect(await listConnections(gateway)).toEqual([])
})

test('the state of one tenant does not work for another', async () => {
  const sandbox = await openSandbox()
  const keys = { north: makeKey(), south: makeKey() }
  const tenants = (['north', 'south'] as const).map((id) => ({
    id,
    spacio: { apiKey: sandbox.spacio.apiKey, baseUrl: sandbox.spacio.url },
    liondesk: {
      baseUrl: sandbox.liondesk.url,
      clientId: sandbox.liondesk.clientId,
      clientSecret: sandbox.liondesk.clientSecret,
    },
    // The same client name in both tenants, because a client belongs to its tenant.
    clients: [createEntry({ id: 'app', scopes: everyScope, grants: { connections: '*' } }, keys[id])],
  }))
  const gateway = await openGateway({ FOYER_AUTH: 'required', FOYER_TENANTS_FILE: writeDocument({ tenants }) })
  const of = (tenant: 'north' | 'south') => ({ 'x-api-key': keys[tenant] })
  const { id, authorizeUrl } = await startAuthorization(gateway, undefined, of('north'))

  expect((await completeAuthorization(gateway, await submitConsent(authorizeUrl), of('south'))).status).toBe(200)

  expect(await listConnections(gateway, of('south'))).toEqual([])
  expect(await listConnections(gateway, of('north'))).toMatchObject([{ id }])
  expect((await gateway.get(`/events/7/properties?connection=${id}`, of('south'))).status).toBe(403)
  expect((await gateway.send('DELETE', `/connections/${id}`, undefined, of('south'))).status).toBe(404)
  expect((await gateway.get('/events/7/properties', of('north'))).status).toBe(200)
  await gateway.close()
})
