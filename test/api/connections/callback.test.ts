/** The callback is public. Only a state that works once protects it. */
import { describe, expect, test } from 'vitest'
import { writeClients } from '../../support/clients.ts'
import {
  completeAuthorization,
  connectAccount,
  listConnections,
  listRequests,
  openConnectedGateway,
  openSandbox,
  parseHiddenFields,
  startAuthorization,
  submitConsent,
} from '../../support/connections.ts'

const minutes = 60_000

test('a state works once', async () => {
  const sandbox = await openSandbox()
  const gateway = await openConnectedGateway(sandbox)
  const { authorizeUrl } = await startAuthorization(gateway)
  const back = await submitConsent(authorizeUrl)
  expect((await completeAuthorization(gateway, back)).status).toBe(200)

  const again = await completeAuthorization(gateway, back)

  expect(again).toMatchObject({ status: 400, body: { code: 'invalid-request', errors: [{ path: 'query/state' }] } })
  expect(listRequests(sandbox, 'token').length).toBe(1)
})

test('of several concurrent callbacks with one state, one succeeds', async () => {
  const sandbox = await openSandbox()
  const gateway = await openConnectedGateway(sandbox)
  const back = await submitConsent((await startAuthorization(gateway)).authorizeUrl)

  const replies = await Promise.all(Array.from({ length: 20 }, () => completeAuthorization(gateway, back)))

  expect(replies.map(({ status }) => status).sort()).toEqual([200, ...Array(19).fill(400)])
  expect(listRequests(sandbox, 'token').length).toBe(1)
  expect((await listConnections(gateway)).length).toBe(1)
})

test('a state expires after ten minutes, and its pending connection is removed', async () => {
  const sandbox = await openSandbox()
  let time = Date.now()
  const gateway = await openConnectedGateway(sandbox, {}, { now: () => new Date(time) })
  const delayed = await startAuthorization(gateway)
  const inTime = await startAuthorization(gateway)
  const backs = [await submitConsent(delayed.authorizeUrl), await submitConsent(inTime.authorizeUrl)] as const

  time += 10 * minutes - 1_000
  expect((await completeAuthorization(gateway, backs[1])).status).toBe(200)
  time += 1_000
  expect((await completeAuthorization(gateway, backs[0])).status).toBe(400)
  expect((await listConnections(gateway)).map(({ id }) => id)).toEqual([inTime.id])
  expect(listRequests(sandbox, 'token').length).toBe(1)
})

test.for([
  ['an unknown state', '?code=c&state=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'],
  ['an empty state', '?code=c&state='],
  ['a state that is too long', `?code=c&state=${'x'.repeat(300)}`],
  ['two states', '?code=c&state=a&state=b'],
  ['no state', '?code=c'],
  ['nothing', ''],
])('%s is 400 without a token call', async ([, query]) => {
  const sandbox = await openSandbox()
  const gateway = await openConnectedGateway(sandbox)
  expect(await gateway.get(`/connections/callback${query}`)).toMatchObject({
    status: 400,
    body: { code: 'invalid-request' },
  })
  expect(sandbox.control.liondesk.requests()).toEqual([])
})

test('a callback without code and error does not use up the state', async () => {
  const sandbox = await openSandbox()
  const gateway = await openConnectedGateway(sandbox)
  const back = await submitConsent((await startAuthorization(gateway)).authorizeUrl)
  expect((await gateway.get(`/connections/callback?state=${back.searchParams.get('state')}`)).status).toBe(400)
  expect((await gateway.send('HEAD', back.pathname + back.search)).status).toBe(200)
  expect((await completeAuthorization(gateway, back)).status).toBe(200)
})

test('unknown query parameters of LionDesk are ignored', async () => {
  const sandbox = await openSandbox()
  const gateway = await openConnectedGateway(sandbox)
  const back = await submitConsent((await startAuthorization(gateway)).authorizeUrl)
  back.searchParams.set('session_state', 'x')
  expect((await completeAuthorization(gateway, back)).status).toBe(200)
})

test('a denied consent connects nothing, uses up the state and removes the pending connection', async () => {
  const sandbox = await openSandbox()
  const gateway = await openConnectedGateway(sandbox)
  const back = await submitConsent((await startAuthorization(gateway)).authorizeUrl, { approve: '0' })

  expect(await completeAuthorization(gateway, back)).toMatchObject({
    status: 400,
    body: { errors: [{ path: 'query/error' }] },
  })

  expect(await listConnections(gateway)).toEqual([])
  expect((await completeAuthorization(gateway, back)).body.errors).toMatchObject([{ path: 'query/state' }])
  expect(listRequests(sandbox, 'token')).toEqual([])
})

test('a denied consent for a reconnect leaves the connection unchanged', async () => {
  const sandbox = await openSandbox()
  const gateway = await openConnectedGateway(sandbox)
  const id = await connectAccount(gateway)
  const { authorizeUrl } = await startAuthorization(gateway, { reauthorize: id })
  expect((await completeAuthorization(gateway, await submitConsent(authorizeUrl, { approve: '0' }))).status).toBe(400)
  expect(await listConnections(gateway)).toMatchObject([{ id, status: 'connected' }])
  expect((await gateway.get('/events/7/properties')).status).toBe(200)
})

test.for([
  ['server_error', 502, 'upstream-failed'],
  ['temporarily_unavailable', 502, 'upstream-failed'],
  ['unauthorized_client', 502, 'upstream-credentials'],
  ['<script>canary</script>', 502, 'upstream-credentials'],
] as const)('error=%s is %i', async ([error, status, code]) => {
  const sandbox = await openSandbox()
  const gateway = await openConnectedGateway(sandbox)
  const state = new URL((await startAuthorization(gateway)).authorizeUrl).searchParams.get('state')
  const reply = await gateway.get(`/connections/callback?state=${state}&error=${encodeURIComponent(error)}`)
  expect(reply).toMatchObject({ status, body: { code } })
  expect(reply.text).not.toContain('canary')
})

test('a code that LionDesk rejects is 400', async () => {
  const sandbox = await openSandbox()
  const gateway = await openConnectedGateway(sandbox)
  const back = await submitConsent((await startAuthorization(gateway)).authorizeUrl)
  back.searchParams.set('code', 'forged')
  expect(await completeAuthorization(gateway, back)).toMatchObject({
    status: 400,
    body: { errors: [{ path: 'query/code' }] },
  })
  expect(await listConnections(gateway)).toMatchObject([{ status: 'pending' }])
})

test.for([
  ['another secret', { kind: 'unauthorized' }, 502, 'upstream-credentials'],
  ['500', { kind: 'status', status: 500 }, 502, 'upstream-failed'],
  ['429', { kind: 'rate-reached' }, 503, 'upstream-rate-limited'],
  ['a page', { kind: 'html' }, 502, 'upstream-invalid-response'],
  ['no token', { kind: 'body', body: { token_type: 'Bearer' } }, 502, 'upstream-invalid-response'],
  [
    'a token that breaks a header',
    { kind: 'body', body: { access_token: 'a\r\nb' } },
    502,
    'upstream-invalid-response',
  ],
  ['a reset', { kind: 'reset' }, 502, 'upstream-failed'],
] as const)('%s during the code exchange', async ([, fault, status, code]) => {
  const sandbox = await openSandbox()
  const gateway = await openConnectedGateway(sandbox)
  const back = await submitConsent((await startAuthorization(gateway)).authorizeUrl)
  sandbox.control.liondesk.fault({ operation: 'token', ...fault } as never)
  const reply = await completeAuthorization(gateway, back)
  expect(reply).toMatchObject({ status, body: { code, upstream: { system: 'liondesk', operation: 'token' } } })
  // A code works once, so it is sent once.
  expect(listRequests(sandbox, 'token').length).toBe(1)
})

test('a connection works without a known user', async () => {
  const sandbox = await openSandbox()
  const gateway = await openConnectedGateway(sandbox)
  sandbox.control.liondesk.fault({ operation: 'me', kind: 'unauthorized' })
  await connectAccount(gateway)
  expect(await listConnections(gateway)).toMatchObject([{ status: 'connected', user: null }])
})

test('a connection cannot switch to another account', async () => {
  const sandbox = await openSandbox()
  const gateway = await openConnectedGateway(sandbox)
  const id = await connectAccount(gateway)
  const { authorizeUrl } = await startAuthorization(gateway, { reauthorize: id })
  const reply = await completeAuthorization(gateway, await submitConsent(authorizeUrl, { user: '2' }))
  expect(reply).toMatchObject({ status: 409, body: { code: 'conflict' } })
  expect(await listConnections(gateway)).toMatchObject([{ id, user: 'robin.vale@example.com', status: 'connected' }])
})

test('a connection that was removed in the meantime is not restored', async () => {
  const sandbox = await openSandbox()
  const gateway = await openConnectedGateway(sandbox)
  const { id, authorizeUrl } = await startAuthorization(gateway)
  expect((await gateway.send('DELETE', `/connections/${id}`)).status).toBe(204)
  expect((await completeAuthorization(gateway, await submitConsent(authorizeUrl))).status).toBe(400)
  expect(await listConnections(gateway)).toEqual([])
})

const html = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }

test('the browser gets a page without scripts, subresources and secrets', async () => {
  const sandbox = await openSandbox()
  const gateway = await openConnectedGateway(sandbox)
  const back = await submitConsent((await startAuthorization(gateway)).authorizeUrl)
  const visit = (search: string) => gateway.app.inject({ url: back.pathname + search, headers: html })
  const question = await visit(back.search)
  const search = `?${new URLSearchParams(parseHiddenFields(question.body))}`
  const pages = [question, await visit(search), await visit(search)]
  expect(pages.map(({ statusCode }) => statusCode)).toEqual([200, 200, 400])
  expect(pages[1]?.body).toContain('You may close this window')
  expect(pages[2]?.body).toContain('was already used')
  for (const { headers, body } of pages) {
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
    const policy = String(headers['content-security-policy'])
    expect(
      policy
        .split(';')
        .map((part) => part.trim())
        .sort(),
    ).toEqual(["default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "style-src 'unsafe-inline'"])
    expect(body).not.toMatch(/<script|https?:|src=|href=|action=/)
  }
  for (const { body } of pages.slice(1)) {
    expect(body).not.toContain(back.searchParams.get('code'))
    expect(body).not.toContain(back.searchParams.get('state'))
  }
})

describe('a client cannot use the account of a person who only followed its link', () => {
  const clients = writeClients({ two: { scopes: ['connections:manage', 'events:read'] } })

  const openFor = async () => {
    const sandbox = await openSandbox()
    const env = { FOYER_AUTH: 'required', FOYER_CLIENTS_FILE: clients.path }
    const gateway = await openConnectedGateway(sandbox, env)
    const { authorizeUrl } = await startAuthorization(gateway, undefined, clients.headers('two'))
    return { sandbox, gateway, back: await submitConsent(authorizeUrl) }
  }

  test('the first callback connects nothing: the page names the client and asks for confirmation', async () => {
    const { sandbox, gateway, back } = await openFor()
    const page = await gateway.app.inject({ url: back.pathname + back.search, headers: html })
    expect(page.statusCode).toBe(200)
    expect(page.body).toContain('“two” asked for access to your LionDesk account')
    const json = await gateway.get(back.pathname + back.search)
    expect(json).toMatchObject({ status: 400, body: { errors: [{ path: 'query/confirm' }] } })
    // The types that a background request of a page accepts.
    await gateway.app.inject({ url: back.pathname + back.search, headers: { accept: '*/*' } })

    expect(listRequests(sandbox, 'token')).toEqual([])
    expect(await listConnections(gateway, clients.headers('two'))).toMatchObject([{ status: 'pending' }])
    expect((await gateway.get('/events/7/properties', clients.headers('two'))).status).toBe(409)
  })

  test('a confirmation is valid for one state and one code, and cannot be forged', async () => {
    const { sandbox, gateway, back } = await openFor()
    const other = await submitConsent(
      (await startAuthorization(gateway, undefined, clients.headers('two'))).authorizeUrl,
    )
    const page = await gateway.app.inject({ url: other.pathname + other.search, headers: html })
    const { confirm } = Object.fromEntries(parseHiddenFields(page.body))
    for (const made of ['yes', '1', `${confirm}x`, confirm]) {
      const reply = await gateway.get(`${back.pathname}${back.search}&confirm=${made}`)
      expect(reply).toMatchObject({ status: 400, body: { errors: [{ path: 'query/confirm' }] } })
    }
    expect(listRequests(sandbox, 'token')).toEqual([])
    expect((await completeAuthorization(gateway, back)).body).toMatchObject({ status: 'connected' })
  })

  test('the name of a client is escaped on the page', async () => {
    const { renderConfirmationPage } = await import('../../../routes/connections/callback/page.ts')
    const page = renderConfirmationPage('jwt:<b>"jo"', { state: '"><script>', code: 'c', confirm: 'x' })
    expect(page).not.toMatch(/<b>|<script/)
    expect(parseHiddenFields(page)).toEqual([
      ['state', '"><script>'],
      ['code', 'c'],
      ['confirm', 'x'],
    ])
  })
})

test('a client that accepts JSON gets JSON with no-store', async () => {
  const sandbox = await openSandbox()
  const gateway = await openConnectedGateway(sandbox)
  const { id, authorizeUrl } = await startAuthorization(gateway)
  const back = await submitConsent(authorizeUrl)
  const json = { accept: 'application/json' }
  const replies = [await completeAuthorization(gateway, back, json), await completeAuthorization(gateway, back, json)]
  expect(replies.map(({ status, body }) => [status, body.id ?? body.code])).toEqual([
    [200, id],
    [400, 'invalid-request'],
  ])
  for (const { headers } of replies) expect(headers['cache-control']).toBe('no-store')
})
