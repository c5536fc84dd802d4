/** A user connects a LionDesk account, uses it, connects it again and removes it. */
import { expect, test } from 'vitest'
import {
  completeAuthorization,
  connectAccount,
  listBearers,
  listConnections,
  listRequests,
  openConnectedGateway,
  openSandbox,
  submitConsent,
} from '../../support/connections.ts'

test('after start, consent and callback, events are read with the new token', async () => {
  const sandbox = await openSandbox()
  const gateway = await openConnectedGateway(sandbox, { FOYER_PUBLIC_URL: 'https://api.example.com/foyer' })

  const started = await gateway.send('POST', '/connections')
  expect(started).toMatchObject({ status: 201, body: { id: expect.stringMatching(/^c[0-9a-f]{24}$/) } })
  const { id, authorizeUrl } = started.body
  expect(started.headers.location).toBe(`https://api.example.com/foyer/connections/${id}`)
  const url = new URL(authorizeUrl)
  expect(url.origin + url.pathname).toBe(`${sandbox.liondesk.url}/oauth2/authorize`)
  expect(Object.fromEntries(url.searchParams)).toEqual({
    response_type: 'code',
    client_id: 'sandbox-client',
    redirect_uri: 'https://api.example.com/foyer/connections/callback',
    scope: 'write',
    state: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
  })
  expect(await listConnections(gateway)).toMatchObject([
    { id, system: 'liondesk', status: 'pending', user: null, expiresAt: null },
  ])
  // The path of `Location`, behind the proxy that adds the prefix.
  const readLocation = () => gateway.get(`/connections/${id}`)
  expect(await readLocation()).toMatchObject({ status: 200, body: { id, status: 'pending' } })

  const back = await submitConsent(authorizeUrl)
  back.pathname = back.pathname.replace('/foyer', '')
  expect(await completeAuthorization(gateway, back)).toMatchObject({ status: 200, body: { id, status: 'connected' } })

  expect(await gateway.get('/events/7/properties')).toMatchObject({ status: 200, body: { pagination: { total: 2 } } })
  const [connection] = await listConnections(gateway)
  expect(connection).toMatchObject({ id, status: 'connected', user: 'robin.vale@example.com' })
  expect((await readLocation()).body).toEqual(connection)
  expect(Date.parse(connection.expiresAt) - Date.now()).toBeGreaterThan(2_591_000_000)
  expect(listRequests(sandbox, 'token').map(({ body }) => body)).toEqual([
    {
      grant_type: 'authorization_code',
      client_id: 'sandbox-client',
      client_secret: 'sandbox-secret',
      code: back.searchParams.get('code'),
      redirect_uri: 'https://api.example.com/foyer/connections/callback',
    },
  ])
  expect(listBearers(listRequests(sandbox, 'find'))).toEqual(listBearers(listRequests(sandbox, 'me')))
})

test('a removed connection stops working immediately', async () => {
  const sandbox = await openSandbox()
  const gateway = await openConnectedGateway(sandbox)
  const id = await connectAccount(gateway)
  expect((await gateway.get(`/events/7/properties?connection=${id}`)).status).toBe(200)

  expect((await gateway.send('DELETE', `/connections/${id}`)).status).toBe(204)

  expect(await listConnections(gateway)).toEqual([])
  expect((await gateway.get('/events/7/properties')).body.code).toBe('reauthorization-required')
  expect((await gateway.get(`/events/7/properties?connection=${id}`)).body.code).toBe('forbidden')
  expect((await gateway.send('DELETE', `/connections/${id}`)).status).toBe(404)
  expect((await gateway.get(`/connections/${id}`)).status).toBe(404)
  expect(listRequests(sandbox, 'find').length).toBe(1)
})

test('an account can be reconnected under the same id', async () => {
  const sandbox = await openSandbox()
  const gateway = await openConnectedGateway(sandbox)
  const id = await connectAccount(gateway)
  sandbox.control.liondesk.revokeToken()
  expect((await gateway.get('/events/7/properties')).body.code).toBe('reauthorization-required')
  expect(await listConnections(gateway)).toMatchObject([
    { id, status: 'reauthorization-required', user: 'robin.vale@example.com' },
  ])

  expect(await connectAccount(gateway, { body: { reauthorize: id } })).toBe(id)

  expect(await listConnections(gateway)).toMatchObject([{ id, status: 'connected' }])
  expect((await gateway.get('/events/7/properties')).status).toBe(200)
})
