/** Tokens of an earlier LionDesk application or account are not used after a reload. */
import { expect, test } from 'vitest'
import { loadConfig } from '#src/config.ts'
import {
  connectAccount,
  countRefreshes,
  listBearers,
  listConnections,
  listRequests,
  openConnectedGateway,
  openSandbox,
} from '../../support/connections.ts'
import { createEnvironment } from '../../support/test-gateway.ts'

test('after a reload with another LionDesk application, the user must connect the account again', async () => {
  const sandbox = await openSandbox()
  const gateway = await openConnectedGateway(sandbox)
  const { clientId, clientSecret } = sandbox.liondesk
  const reload = (application: Record<string, string>) =>
    gateway.app.reload(
      loadConfig({
        ...createEnvironment(sandbox),
        FOYER_AUTH: 'off',
        LIONDESK_ACCESS_TOKEN: '',
        ...application,
      }),
    )
  const id = await connectAccount(gateway)
  const read = () => gateway.get('/events/7/properties')
  expect((await read()).status).toBe(200)
  const countCalls = () => listRequests(sandbox, 'find').length + listRequests(sandbox, 'token').length
  const before = countCalls()

  for (const application of [{ LIONDESK_CLIENT_ID: 'another', LIONDESK_CLIENT_SECRET: clientSecret }, {}]) {
    reload(application as Record<string, string>)
    expect(await read()).toMatchObject({ status: 409, body: { code: 'reauthorization-required' } })
    expect((await gateway.get(`/events/7/properties?connection=${id}`)).body.code).toBe('reauthorization-required')
    expect(await listConnections(gateway)).toMatchObject([{ id, status: 'reauthorization-required' }])
  }
  expect(countCalls()).toBe(before)

  reload({ LIONDESK_CLIENT_ID: clientId, LIONDESK_CLIENT_SECRET: 'rotated-secret' })
  expect((await read()).status).toBe(200)
  expect(await listConnections(gateway)).toMatchObject([{ id, status: 'connected' }])
})

test('a token that was refreshed belongs to the application too', async () => {
  const sandbox = await openSandbox()
  const gateway = await openConnectedGateway(sandbox)
  await connectAccount(gateway)
  sandbox.control.liondesk.expireToken()
  expect((await gateway.get('/events/7/properties')).status).toBe(200)
  gateway.app.reload(
    loadConfig({
      ...createEnvironment(sandbox),
      FOYER_AUTH: 'off',
      LIONDESK_ACCESS_TOKEN: '',
      LIONDESK_CLIENT_ID: 'another',
      LIONDESK_CLIENT_SECRET: 'secret',
    }),
  )
  expect((await gateway.get('/events/7/properties')).body.code).toBe('reauthorization-required')
})

test('a request after a reload does not get the token that is being refreshed for the earlier account', async () => {
  const sandbox = await openSandbox()
  const { clientId, clientSecret, refreshToken } = sandbox.liondesk
  const settings = (token: string) => ({
    ...createEnvironment(sandbox),
    FOYER_AUTH: 'off',
    LIONDESK_ACCESS_TOKEN: '',
    LIONDESK_CLIENT_ID: clientId,
    LIONDESK_CLIENT_SECRET: clientSecret,
    LIONDESK_REFRESH_TOKEN: token,
  })
  const gateway = await openConnectedGateway(sandbox, settings(refreshToken))
  const other = sandbox.control.liondesk.issueTokens()
  sandbox.control.liondesk.fault({ operation: 'token', kind: 'latency', ms: 500, times: 1 })
  const before = gateway.get('/events/7/properties')
  await expect.poll(() => countRefreshes(sandbox).length).toBe(1)

  gateway.app.reload(loadConfig(settings(other.refresh_token ?? '')))

  const after = await gateway.get('/events/7/properties')
  await before
  expect(after.status).toBe(200)
  expect(countRefreshes(sandbox).map((body) => body.refresh_token)).toEqual([refreshToken, other.refresh_token])
  const bearers = listBearers(listRequests(sandbox, 'find'))
  expect(new Set(bearers).size).toBe(2)
})
