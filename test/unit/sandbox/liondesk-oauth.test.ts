import { describe, expect, test } from 'vitest'
import { request } from '../../support/http.ts'
import { callLionDesk, useSandbox } from '../../support/sandbox.ts'

const current = useSandbox({ leads: 0 })
const redirectUri = 'http://127.0.0.1/back?tenant=1'

async function approve(changes: Record<string, string> = {}): Promise<URL> {
  const { url, clientId } = current().liondesk
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: 'write',
    state: 's1',
    approve: '1',
    ...changes,
  })
  const reply = await request(`${url}/oauth2/authorize?${query}`)
  await reply.body.dump()
  expect(reply.statusCode).toBe(302)
  return new URL(String(reply.headers.location))
}

function post(fields: Record<string, string>) {
  const { clientId, clientSecret } = current().liondesk
  const body = { client_id: clientId, client_secret: clientSecret, redirect_uri: redirectUri, ...fields }
  return callLionDesk(current(), '/oauth2/token', { method: 'POST', body })
}

const refresh = (refreshToken: string) => post({ grant_type: 'refresh_token', refresh_token: refreshToken })

describe('the authorization code', () => {
  test('consent, code, token, me; the code works once', async () => {
    const target = await approve({ user: '2' })
    expect(target.searchParams.get('state')).toBe('s1')
    expect(target.searchParams.get('tenant')).toBe('1')
    const code = target.searchParams.get('code') ?? ''
    const { json } = await post({ grant_type: 'authorization_code', code })
    expect(json).toMatchObject({ expires_in: 2_592_000, scope: 'write', token_type: 'Bearer' })
    expect([json.access_token, json.refresh_token].join()).toMatch(/^[0-9a-f]{40},[0-9a-f]{40}$/)
    expect(Date.parse(json.expires) - Date.now()).toBeGreaterThan(2_591_000_000)
    expect((await callLionDesk(current(), '/me', { token: json.access_token })).json).toMatchObject({ id: '2' })
    const again = await post({ grant_type: 'authorization_code', code })
    expect(again).toMatchObject({ status: 400, json: { error: 'invalid_grant' } })
  })

  test('a rejection, and a consent page that escapes its texts', async () => {
    expect((await approve({ approve: '0' })).searchParams.get('error')).toBe('access_denied')
    const { url, clientId } = current().liondesk
    const query = `response_type=code&client_id=${clientId}&redirect_uri=http%3A%2F%2F127.0.0.1&state=%22%3E%3Cscript%3E`
    const page = await (await request(`${url}/oauth2/authorize?${query}`)).body.text()
    expect(page).toContain('<form')
    expect(page).not.toContain('<script>')
  })

  test('wrong client and wrong address', async () => {
    const code = (await approve()).searchParams.get('code') ?? ''
    expect(await post({ grant_type: 'authorization_code', code, client_secret: 'x' })).toMatchObject({ status: 401 })
    const elsewhere = await post({ grant_type: 'authorization_code', code, redirect_uri: 'http://127.0.0.1/other' })
    expect(elsewhere.json).toMatchObject({ error: 'invalid_grant', error_description: expect.any(String) })
  })
})

describe('refreshing', () => {
  test('rotates by default: the old token is rejected', async () => {
    const first = (await refresh(current().liondesk.refreshToken)).json
    expect(first.refresh_token).not.toBe(current().liondesk.refreshToken)
    expect((await refresh(current().liondesk.refreshToken)).json.error).toBe('invalid_grant')
    expect((await refresh(first.refresh_token)).status).toBe(200)
  })

  test('may keep the token or omit it from the reply', async () => {
    const { refreshToken } = current().liondesk
    current().control.liondesk.set({ rotateRefreshToken: false })
    expect((await refresh(refreshToken)).json.refresh_token).toBe(refreshToken)
    current().control.liondesk.set({ omitRefreshToken: true })
    expect((await refresh(refreshToken)).json).not.toHaveProperty('refresh_token')
    expect((await refresh(refreshToken)).status).toBe(200)
  })

  test('tokens expire and can be revoked', async () => {
    const { accessToken, refreshToken } = current().liondesk
    current().control.liondesk.expireToken(accessToken)
    expect((await callLionDesk(current(), '/me')).status).toBe(401)
    current().control.liondesk.set({ accessTokenTtlSeconds: 0 })
    const { access_token: stillborn } = (await refresh(refreshToken)).json
    expect((await callLionDesk(current(), '/me', { token: stillborn })).status).toBe(401)
    const pair = current().control.liondesk.issueTokens()
    current().control.liondesk.revokeToken()
    expect((await refresh(pair.refresh_token ?? '')).json.error).toBe('invalid_grant')
  })
})
