import { describe, expect, test } from 'vitest'
import { callSpacio, spacioJson, useSandbox, year } from '../../support/sandbox.ts'

const current = useSandbox()

describe('error layouts', () => {
  test.each([
    ['string', { error: 'invalid-sid' }],
    ['object', { error: { code: 'invalid-sid', message: expect.any(String) } }],
    ['code', { code: 'invalid-sid', message: expect.any(String) }],
    ['status', { status: 'error', code: 'invalid-sid', message: expect.any(String) }],
    ['errorCode', { errorCode: 'invalid-sid', message: expect.any(String) }],
    ['bare', 'invalid-sid'],
  ] as const)('%s', async (errorLayout, wanted) => {
    current().control.spacio.set({ errorLayout })
    const reply = await callSpacio(current(), 'v1/getProperty', { sid: 1 })
    expect(reply.status).toBe(200)
    expect(JSON.parse(reply.text)).toEqual(wanted)
  })
})

describe('the nine codes', () => {
  const cases: [string, string, Record<string, string>, number][] = [
    ['access-denied', 'v1/getRegistrants', { sid: '10101', atoken: 'nonsense' }, 403],
    ['invalid-bid', 'v1/getClaimedList', { bid: 'b1' }, 404],
    ['invalid-email', 'v1/getAccessToken', { email: 'nobody@example.com' }, 404],
    ['invalid-sid', 'v1/getProperty', { sid: '1' }, 404],
    ['invalid-tid', 'v1/getRegistrantsByTeam', { tid: 't1', ...year }, 404],
    ['invalid-ukey', 'v1/getProperties', { ukey: 'x' }, 404],
    [
      'no-results',
      'v2/getRegistrantsByBrokerage',
      { bid: 'b1001', startDate: '2001-01-01', endDate: '2001-01-01' },
      404,
    ],
  ]
  test.each(cases)('%s', async (code, method, fields, status) => {
    expect(await spacioJson(current(), method, fields)).toMatchObject({ error: code })
    current().control.spacio.set({ errorStatus: '4xx' })
    expect((await callSpacio(current(), method, fields)).status).toBe(status)
  })

  test('not-authorized', async () => {
    const { text } = await callSpacio(current(), 'v1/getProperty', { sid: 10101 }, 'wrong')
    expect(text).toBe('{"error":"not-authorized"}')
  })

  test('rate-reached, with the next full hour', async () => {
    current().control.spacio.set({ rateCap: 2, errorLayout: 'object' })
    const calls = [1, 2, 3].map(() => spacioJson(current(), 'v1/getProperty', { sid: 10101 }))
    const refused = (await Promise.all(calls)).filter((reply) => 'error' in reply)
    expect(refused).toHaveLength(1)
    const text = refused[0].error.message
    const reset = /^API rate limit reached \(Next reset at: (\d{4}-\d{2}-\d{2}) (\d{1,2}):00:00 UTC\)$/.exec(text)
    expect(reset?.[2]).toBe(String(Number(reset?.[2])))
    const wait = Date.parse(`${reset?.[1]}T${reset?.[2]?.padStart(2, '0')}:00:00Z`) - Date.now()
    expect(wait).toBeGreaterThan(0)
    expect(wait).toBeLessThanOrEqual(3_600_000)
  })

  test('invalid-email tells where to send the user', async () => {
    current().control.spacio.set({ redirectUrl: 'https://example.com/join', errorLayout: 'object' })
    const reply = await spacioJson(current(), 'v1/getAccessTokenBM', { email: 'agent1@example.com' })
    expect(reply.error).toMatchObject({ code: 'invalid-email', redirectUrl: 'https://example.com/join' })
  })
})

describe('agent tokens', () => {
  const issue = async (email = 'agent1@example.com'): Promise<string> =>
    (await spacioJson(current(), 'v1/getAccessToken', { email })).accessToken
  const read = async (atoken: string) => (await callSpacio(current(), 'v1/getRegistrants', { sid: 10101, atoken })).text

  test('older ones stay valid unless the setting changes that', async () => {
    const [older, newer] = [await issue(), await issue()]
    expect(older).not.toBe(newer)
    expect(await read(older)).not.toContain('error')
    current().control.spacio.set({ newTokenVoidsOld: true })
    await issue()
    expect(await read(older)).toBe('{"error":"access-denied"}')
  })

  test('a token of another account, a revoked and an expired one are rejected', async () => {
    expect(await read(await issue('agent2@example.com'))).toContain('access-denied')
    const token = await issue()
    current().control.spacio.set({ tokenTtlSeconds: 0, tokenRefusal: 'not-authorized' })
    expect(await read(token)).toContain('not-authorized')
    current().control.spacio.set({ tokenTtlSeconds: 60, tokenRefusal: 'access-denied' })
    expect(await read(token)).not.toContain('error')
    expect(current().control.spacio.revokeTokens('agent1@example.com')).toBe(1)
    expect(await read(token)).toContain('access-denied')
  })
})

test.each([
  ['not-found', 404, /<html>/],
  ['not-authorized', 200, /not-authorized/],
  ['access-denied', 200, /access-denied/],
] as const)('v2 can be %s while v1 answers', async (v2, status, text) => {
  current().control.spacio.set({ v2 })
  const reply = await callSpacio(current(), 'v2/getRegistrantsByBrokerage', { bid: 'b1001', ...year })
  expect(reply.status).toBe(status)
  expect(reply.text).toMatch(text)
  const old = await callSpacio(current(), 'v1/getRegistrantsByBrokerage', { bid: 'b1001', ...year })
  expect(old.text).toContain('"1":')
})
