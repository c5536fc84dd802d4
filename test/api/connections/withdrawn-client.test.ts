/** A consent ends with the key, the scope and the grant of the client that started it. */
import { expect, test } from 'vitest'
import { loadConfig } from '#src/config.ts'
import type { Sandbox } from '../../../sandbox/index.ts'
import { hashKey, makeKey, writeDocument } from '../../support/clients.ts'
import {
  completeAuthorization,
  connectAccount,
  listRequests,
  openConnectedGateway,
  openSandbox,
  parseHiddenFields,
  startAuthorization,
  submitConsent,
} from '../../support/connections.ts'
import { startIssuer } from '../../support/jwt-issuer.ts'
import type { TestGateway } from '../../support/test-gateway.ts'
import { createEnvironment } from '../../support/test-gateway.ts'

const [first, second] = [makeKey(), makeKey()]
const headers = { 'x-api-key': first }
const html = { accept: 'text/html' }

const web = {
  id: 'web',
  keyHashes: [hashKey(first), hashKey(second)],
  scopes: ['connections:manage', 'events:read'],
}
const other = { id: 'other', keyHash: hashKey(makeKey()), scopes: ['connections:manage'] }

const toSettings = (sandbox: Sandbox, clients: readonly object[]) => ({
  ...createEnvironment(sandbox),
  LIONDESK_ACCESS_TOKEN: '',
  LIONDESK_CLIENT_ID: sandbox.liondesk.clientId,
  LIONDESK_CLIENT_SECRET: sandbox.liondesk.clientSecret,
  FOYER_AUTH: 'required',
  FOYER_CLIENTS_FILE: writeDocument({ clients }),
})

const open = async (env: Record<string, string> = {}) => {
  const sandbox = await openSandbox()
  const gateway = await openConnectedGateway(sandbox, { ...toSettings(sandbox, [web, other]), ...env })
  const reload = (...clients: object[]) => gateway.app.reload(loadConfig(toSettings(sandbox, clients)))
  return { sandbox, gateway, reload }
}

/** The page that asks the user to confirm; its address repeats the request. */
const openPage = async (gateway: TestGateway, back: URL) => {
  const page = await gateway.app.inject({ url: back.pathname + back.search, headers: html })
  return { status: page.statusCode, url: `${back.pathname}?${new URLSearchParams(parseHiddenFields(page.body))}` }
}

const rejected = { status: 400, body: { code: 'invalid-request', errors: [{ path: 'query/state' }] } }

test.for<[string, object[], boolean]>([
  ['nothing', [web, other], true],
  ['another key of the same client', [{ ...web, keyHashes: [hashKey(first)] }], true],
  ['another client', [web], true],
  ['the key', [{ ...web, keyHashes: [hashKey(second)] }], false],
  ['the client', [other], false],
  ['the client, if another one with the same name replaces it', [{ ...web, keyHashes: [hashKey(makeKey())] }], false],
  ['the scope', [{ ...web, scopes: ['events:read'] }], false],
])('a consent after the withdrawal of %s', async ([, clients, isAccepted]) => {
  const { sandbox, gateway, reload } = await open()
  const back = await submitConsent((await startAuthorization(gateway, undefined, headers)).authorizeUrl)
  const page = await openPage(gateway, back)
  expect(page.status).toBe(200)

  reload(...clients)

  expect((await openPage(gateway, back)).status).toBe(isAccepted ? 200 : 400)
  expect(await gateway.get(page.url)).toMatchObject(isAccepted ? { status: 200 } : rejected)
  expect(listRequests(sandbox, 'token').length).toBe(isAccepted ? 1 : 0)
})

test('the pending connection of a rejected consent is removed, and the client that returns does not get it', async () => {
  const { gateway, reload } = await open()
  const back = await submitConsent((await startAuthorization(gateway, undefined, headers)).authorizeUrl)
  const page = await openPage(gateway, back)
  reload(other)
  expect(await gateway.get(page.url)).toMatchObject(rejected)
  reload(web)
  expect((await gateway.get('/connections', headers)).body.data).toEqual([])
  expect(await gateway.get(page.url)).toMatchObject(rejected)
})

test('a reconnect ends with the grant of its connection, and the connection stays', async () => {
  const { sandbox, gateway, reload } = await open()
  const owner = makeKey()
  const account = { id: 'owner', keyHash: hashKey(owner), scopes: ['connections:manage', 'events:read'] }
  reload(account)
  const id = await connectAccount(gateway, { headers: { 'x-api-key': owner } })
  reload(account, { ...web, grants: { connections: [id] } })
  const { authorizeUrl } = await startAuthorization(gateway, { reauthorize: id }, headers)
  const back = await submitConsent(authorizeUrl)
  reload(account, web)
  expect(await completeAuthorization(gateway, back)).toMatchObject(rejected)
  expect(listRequests(sandbox, 'token').length).toBe(1)
  expect((await gateway.get('/connections', { 'x-api-key': owner })).body.data).toMatchObject([
    { id, status: 'connected' },
  ])
})

test('a consent that a JWT started completes after the reload of API keys', async () => {
  const issuer = await startIssuer()
  try {
    const { gateway, reload } = await open(issuer.env)
    const token = await issuer.sign({ sub: 'jo', scope: 'connections:manage' })
    const { authorizeUrl } = await startAuthorization(gateway, undefined, { authorization: `Bearer ${token}` })
    const back = await submitConsent(authorizeUrl)
    reload()
    expect((await completeAuthorization(gateway, back)).status).toBe(200)
  } finally {
    await issuer.close()
  }
})
