/** Connections of the configuration: the first refresh token comes from the operator, later ones from the store. */
import { afterEach, expect, test } from 'vitest'
import type { Environment } from '#src/config.ts'
import { createEntry, everyGrant, everyScope, makeKey, writeClients, writeDocument } from '../../support/clients.ts'
import {
  countRefreshes,
  listConnections,
  listRequests,
  openConnectedGateway,
  openSandbox,
} from '../../support/connections.ts'
import { createPath, runCleanup } from '../../support/store/temporary.ts'
import { openGateway } from '../../support/test-gateway.ts'

afterEach(runCleanup)

const openConfigured = async () => {
  const sandbox = await openSandbox()
  const env: Environment = { FOYER_STORE_URL: `file:${createPath()}` }
  let time = Date.now()
  const open = (refreshToken = sandbox.liondesk.refreshToken, more: Environment = {}) =>
    openConnectedGateway(
      sandbox,
      { ...env, LIONDESK_REFRESH_TOKEN: refreshToken, ...more },
      { now: () => new Date(time) },
    )
  /** Long enough for each replica to read the store again. */
  const later = (): void => {
    time += 2_000
  }
  return { sandbox, open, later }
}

const findHanded = (sandbox: Parameters<typeof countRefreshes>[0]) =>
  countRefreshes(sandbox).map((body) => body.refresh_token)

test('a configured token works from the first request, and its rotated token survives a restart', async () => {
  const { sandbox, open } = await openConfigured()
  const gateway = await open()
  expect(await listConnections(gateway)).toEqual([
    { id: 'default', system: 'liondesk', status: 'connected', user: null, createdAt: null, expiresAt: null },
  ])
  expect((await gateway.get('/events/7/properties')).status).toBe(200)
  expect((await gateway.get('/events/7/properties?connection=default')).status).toBe(200)
  expect(await listConnections(gateway)).toMatchObject([{ id: 'default', expiresAt: expect.any(String) }])
  expect(findHanded(sandbox)).toEqual([sandbox.liondesk.refreshToken])
  await gateway.close()

  const again = await open()
  expect((await again.get('/events/7/properties')).status).toBe(200)
  expect(findHanded(sandbox).length).toBe(1)
  sandbox.control.liondesk.expireToken()
  expect((await again.get('/events/7/properties')).status).toBe(200)
  expect(findHanded(sandbox).length).toBe(2)
  expect(findHanded(sandbox)[1]).not.toBe(sandbox.liondesk.refreshToken)
})

test('a configured connection is refreshed with its own application, where the tenant has none', async () => {
  const sandbox = await openSandbox()
  const { clientId, clientSecret, refreshToken, url } = sandbox.liondesk
  const key = makeKey()
  const tenant = {
    id: 'north',
    spacio: { apiKey: sandbox.spacio.apiKey, baseUrl: sandbox.spacio.url },
    liondesk: { baseUrl: url, connections: [{ id: 'main', clientId, clientSecret, refreshToken }] },
    clients: [createEntry({ id: 'web', scopes: everyScope, grants: everyGrant }, key)],
  }
  const gateway = await openGateway({
    FOYER_AUTH: 'required',
    FOYER_TENANTS_FILE: writeDocument({ tenants: [tenant] }),
  })
  const { status } = await gateway.get('/events/7/properties', { 'x-api-key': key })
  await gateway.close()
  expect(status).toBe(200)
})

test('thirty concurrent first requests make one refresh', async () => {
  const { sandbox, open } = await openConfigured()
  const [one, two] = [await open(), await open()]
  const replies = await Promise.all(
    Array.from({ length: 30 }, (_, index) => (index % 2 ? one : two).get('/events/7/properties')),
  )
  expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]))
  expect(findHanded(sandbox).length).toBe(1)
})

test('a rejected token stays rejected after a restart, until the operator configures another', async () => {
  const { sandbox, open } = await openConfigured()
  const gateway = await open()
  sandbox.control.liondesk.revokeToken()
  for (let count = 0; count < 3; count += 1) {
    expect((await gateway.get('/events/7/properties')).body.code).toBe('reauthorization-required')
  }
  expect(await listConnections(gateway)).toMatchObject([{ id: 'default', status: 'reauthorization-required' }])
  await gateway.close()
  const again = await open()
  expect((await again.get('/events/7/properties')).status).toBe(409)
  expect(findHanded(sandbox).length).toBe(1)

  const mended = await open(sandbox.control.liondesk.issueTokens().refresh_token)
  expect((await mended.get('/events/7/properties')).status).toBe(200)
  expect(await listConnections(mended)).toMatchObject([{ id: 'default', status: 'connected' }])
})

test('a newly configured token takes precedence, also over a replica with the earlier one', async () => {
  const { sandbox, open, later } = await openConfigured()
  const older = await open()
  expect((await older.get('/events/7/properties')).status).toBe(200)
  const fresh = sandbox.control.liondesk.issueTokens().refresh_token as string
  const newer = await open(fresh)
  expect((await newer.get('/events/7/properties')).status).toBe(200)
  expect(findHanded(sandbox)).toEqual([sandbox.liondesk.refreshToken, fresh])

  for (const gateway of [older, newer, older]) {
    later()
    sandbox.control.liondesk.expireToken()
    expect((await gateway.get('/events/7/properties')).status).toBe(200)
  }
  expect(findHanded(sandbox).filter((token) => token === fresh).length).toBe(1)
  expect(new Set(findHanded(sandbox)).size).toBe(5)
})

test('the API can neither remove nor reconnect it: 409', async () => {
  const { open } = await openConfigured()
  const gateway = await open()
  const conflict = { status: 409, body: { code: 'conflict', detail: expect.stringContaining('operator') } }
  expect(await gateway.send('DELETE', '/connections/default')).toMatchObject(conflict)
  expect(await gateway.send('POST', '/connections', { reauthorize: 'default' })).toMatchObject(conflict)
})

test('a client without a grant cannot see it', async () => {
  const { sandbox, open } = await openConfigured()
  const clients = writeClients({
    stranger: { scopes: everyScope },
    friend: { scopes: everyScope, grants: { connections: ['default'] } },
  })
  const gateway = await open(undefined, { FOYER_AUTH: 'required', FOYER_CLIENTS_FILE: clients.path })
  expect(await listConnections(gateway, clients.headers('stranger'))).toEqual([])
  expect((await gateway.send('DELETE', '/connections/default', undefined, clients.headers('stranger'))).status).toBe(
    404,
  )
  const use = (id: 'stranger' | 'friend') => gateway.get('/events/7/properties?connection=default', clients.headers(id))
  expect((await use('stranger')).status).toBe(403)
  expect(sandbox.control.liondesk.requests()).toEqual([])
  expect(await listConnections(gateway, clients.headers('friend'))).toMatchObject([{ id: 'default' }])
  expect((await use('friend')).status).toBe(200)
  expect(listRequests(sandbox, 'find').length).toBe(1)
})
