import { expect, test } from 'vitest'
import { createLionDeskOAuth } from '#src/upstreams/liondesk/oauth.ts'
import type { Send } from '#src/upstreams/transport/types.ts'

const application = { clientId: 'client', clientSecret: 'secret' }

const oauthAnswering = (body: Buffer) => {
  const send: Send = async (request) => request.read({ status: 200, retryAfter: null, body }, false)
  return createLionDeskOAuth({ account: { tenant: 't', baseUrl: 'http://liondesk' }, send, now: () => new Date(0) })
}

/** `Zoë` in Latin-1, which is not valid UTF-8. */
const latin1 = (text: string) => Buffer.from(text, 'latin1')

const unusable = { code: 'upstream-invalid-response', fields: { upstream: { system: 'liondesk', status: 200 } } }

test('an account name with invalid UTF-8 makes the reply invalid', async () => {
  await expect(oauthAnswering(latin1('{"id": 7, "name": "Zoë"}')).getUser('token')).rejects.toMatchObject(unusable)
  expect(await oauthAnswering(Buffer.from('{"id": 7, "name": "Zoë"}')).getUser('token')).toEqual({
    id: '7',
    label: 'Zoë',
  })
})

test('a token response that is not UTF-8 or not an object yields no token', async () => {
  const exchange = (body: Buffer) =>
    oauthAnswering(body).exchangeCode(application, { code: 'code', redirectUri: 'http://foyer/back' })
  const reply = '{"access_token": "a1", "user": "Zoë"}'
  await expect(exchange(latin1(reply))).rejects.toMatchObject(unusable)
  await expect(exchange(Buffer.from('"a1"'))).rejects.toMatchObject(unusable)
  expect(await exchange(Buffer.from(reply))).toMatchObject({ accessToken: 'a1' })
})
