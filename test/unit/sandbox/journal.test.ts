import { expect, test } from 'vitest'
import { callLionDesk, callSpacio, control, useSandbox } from '../../support/sandbox.ts'

const current = useSandbox({ leads: 10 })

test('Spacio: the requests and their replies', async () => {
  await callSpacio(current(), 'v1/getProperty', { sid: 10101 })
  await callSpacio(current(), 'v1/getNothing', {})
  const { json } = await control(`${current().spacio.url}/__requests`, 'GET')
  expect(json.data).toMatchObject([
    {
      seq: expect.any(Number),
      method: 'POST',
      url: '/api/v1/getProperty',
      operation: 'getProperty',
      form: { sid: '10101' },
      status: 200,
    },
    { operation: 'unknown', status: 404 },
  ])
  expect(json.data[0].headers).toMatchObject({ apikey: current().spacio.apiKey })
  expect(Date.parse(json.data[0].at)).toBeLessThanOrEqual(Date.now())
})

test('LionDesk: the raw query, the parsed body, withheld replies', async () => {
  await callLionDesk(current(), '/events/7/properties?state[$in][]=WA')
  await callLionDesk(current(), '/events/7/properties/1', { method: 'PATCH', body: { beds: 2 } })
  await callLionDesk(current(), '/events/7/properties/1', { method: 'PUT', body: { beds: 2 } })
  current().control.liondesk.fault({ operation: 'get', kind: 'reset' })
  await callLionDesk(current(), '/events/7/properties/1').catch(() => {})
  expect(current().control.liondesk.requests()).toMatchObject([
    { operation: 'find', query: 'state[$in][]=WA', path: '/events/7/properties' },
    { operation: 'patch', body: { beds: 2 }, status: 200 },
    { operation: 'update', method: 'PUT' },
    { operation: 'get', status: null },
  ])
})

test('clearing: one side, both, or everything', async () => {
  await callSpacio(current(), 'v1/getProperty', { sid: 10101 })
  await control(`${current().spacio.url}/__requests`, 'DELETE')
  expect(current().control.spacio.requests()).toEqual([])
  await callLionDesk(current(), '/me')
  current().control.clearRequests()
  expect(current().control.liondesk.requests()).toEqual([])
})

test('settings over HTTP; unknown names and invalid values are rejected', async () => {
  const url = `${current().spacio.url}/__settings`
  expect((await control(url, 'POST', { rateCap: 5 })).json).toMatchObject({ rateCap: 5, order: 'newest' })
  expect((await control(url, 'GET')).json).toMatchObject({ rateCap: 5 })
  for (const body of [{ rateCap: 'many' }, { order: 'sideways' }, { colour: 'red' }, []]) {
    expect((await control(url, 'POST', body)).status).toBe(400)
  }
  await control(`${current().spacio.url}/__reset`, 'POST')
  expect((await control(url, 'GET')).json).toMatchObject({ rateCap: 12_000 })
  expect((await control(`${current().spacio.url}/__nothing`, 'GET')).status).toBe(404)
})

test('tokens are revoked over HTTP', async () => {
  await callSpacio(current(), 'v1/getAccessToken', { email: 'agent1@example.com' })
  const email = 'agent1@example.com'
  expect((await control(`${current().spacio.url}/__tokens/revoke`, 'POST', { email })).json).toEqual({ revoked: 1 })
  const { url, accessToken: token } = current().liondesk
  await control(`${url}/__tokens/revoke`, 'POST', { token })
  expect((await callLionDesk(current(), '/me')).status).toBe(401)
  await control(`${url}/__reset`, 'POST')
  expect((await callLionDesk(current(), '/me')).status).toBe(200)
})
