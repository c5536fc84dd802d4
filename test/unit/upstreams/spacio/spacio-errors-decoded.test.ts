/**
 * The nine error codes in every plausible form and with every status, undocumented errors, the redirect, and the reset
 * time.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createSpacioRequester } from '#src/upstreams/spacio/request.ts'
import { openScriptedSpacio, type ScriptedReply, type ScriptedSpacio } from '../../../support/spacio.ts'

let spacio: ScriptedSpacio
let clock = new Date('2026-03-15T12:20:00Z')

beforeAll(async () => {
  spacio = await openScriptedSpacio({ now: () => clock })
})

afterAll(() => spacio.close())

/** After an hour, the breaker is closed and the key is no longer blocked. */
beforeEach(() => {
  clock = new Date(clock.getTime() + 3_600_000)
})

const text = 'Words of the upstream about John Smith'

/** The possible positions of a code. The vendor's page does not document them. */
const layouts: Record<string, (code: string, more?: object) => unknown> = {
  '{"error": code}': (code, more) => ({ error: code, ...more }),
  '{"error": {code, message}}': (code, more) => ({ error: { code, message: text, ...more } }),
  '{"error": {code, message}}, the rest outside': (code, more) => ({ error: { code, message: text }, ...more }),
  '{code, message}': (code, more) => ({ code, message: text, ...more }),
  '{"status": "error", code}': (code, more) => ({ status: 'error', code, ...more }),
  '{"status": "error", "message": code}': (code, more) => ({ status: 'error', message: code, ...more }),
  '{"errorCode": code}': (code, more) => ({ errorCode: code, ...more }),
  'a JSON string': (code) => JSON.stringify(code),
  'plain text': (code) => `${code}\n`,
}

/** A code of the vendor's table, a matching HTTP status, and the expected problem. */
const codes = [
  ['access-denied', 403, 'upstream-access-denied', 403, false],
  ['invalid-bid', 404, 'unknown-brokerage', 404, false],
  ['invalid-email', 400, 'unknown-agent', 404, false],
  ['invalid-sid', 404, 'unknown-property', 404, false],
  ['invalid-tid', 422, 'unknown-team', 404, false],
  ['invalid-ukey', 400, 'unknown-agent', 404, false],
  ['not-authorized', 401, 'upstream-credentials', 502, false],
  ['rate-reached', 429, 'upstream-rate-limited', 503, true],
] as const

describe.each(Object.entries(layouts))('%s', (_layout, scanValue) => {
  for (const [code, refusal, problem, status, retryable] of codes) {
    test.each([...new Set([200, refusal])])(`${code} with status %i is ${problem}`, async (wireStatus) => {
      spacio.answer(() => ({ status: wireStatus, body: scanValue(code) }))
      const reply = await spacio.get('/brokerages/b1/agents')
      expect(reply.status).toBe(status)
      expect(reply.body).toMatchObject({
        code: problem,
        status,
        upstream: { system: 'spacio', operation: 'getClaimedList', code, status: wireStatus, retryable },
      })
      expect(reply.text).not.toContain('John')
      expect(spacio.calls).toHaveLength(1)
    })
  }

  test.each([200, 404])('no-results with status %i is an empty list', async (wireStatus) => {
    const empty = { data: [], pagination: { total: 0, limit: 50, offset: 0 } }
    for (const url of [
      '/leads?brokerageId=b1',
      '/leads?teamId=t1',
      '/brokerages/b1/agents',
      '/brokerages/b1/activity',
      '/brokerages/b1/open-houses',
      '/agents/ukey/properties',
      '/properties/1/open-houses',
    ]) {
      spacio.answer(() => ({ status: wireStatus, body: scanValue('no-results') }))
      const reply = await spacio.get(url)
      expect([url, reply.status, reply.body]).toEqual([url, 200, empty])
    }
  })

  test('no-results means an unknown record for operations that return a single record', async () => {
    spacio.answer(() => ({ body: scanValue('no-results') }))
    expect(await spacio.get('/properties/10191')).toMatchObject({ status: 404, body: { code: 'unknown-property' } })
    const token = await spacio.send('POST', '/managers/m@example.com/access-token')
    expect(token).toMatchObject({ status: 404, body: { code: 'unknown-agent' } })
  })

  test.each([200, 418])('an undocumented code with status %i is a failure of the upstream', async (wireStatus) => {
    spacio.answer(() => ({ status: wireStatus, body: scanValue('on-fire') }))
    for (const url of ['/brokerages/b1/agents', '/leads?brokerageId=b1', '/properties/1']) {
      const reply = await spacio.get(url)
      expect([url, reply.status, reply.body.code]).toEqual([url, 502, 'upstream-failed'])
      expect(reply.body.upstream).toMatchObject({ code: null, status: wireStatus })
      expect(reply.text).not.toContain('on-fire')
    }
  })
})

test.each([
  ['JSON', '{"1": {"email": "a@example.com", "lastActive": "2026-03-10 1:02:03"}}'],
  ['JSON with the vendor’s defects', '{"1": {"email": "a@example.com", "lastActive": "2026-03-10 01:02:03", },}'],
])('%s with the content type text/html is read', async (_name, body) => {
  spacio.answer(() => ({ contentType: 'text/html; charset=UTF-8', body }))
  const reply = await spacio.get('/brokerages/b1/activity')
  expect(reply.body.data).toEqual([
    { email: 'a@example.com', lastActiveAt: expect.stringMatching(/^2026-03-10T01:02:03Z$/) },
  ])
})

test.each<[string, unknown, number, string]>([
  ['an HTML page', '<!doctype html><h1>Maintenance</h1>', 200, 'upstream-invalid-response'],
  ['an HTML page of a failing server', '<h1>Bad gateway</h1>', 502, 'upstream-failed'],
  ['nothing', '', 200, 'upstream-invalid-response'],
  ['broken UTF-8', Buffer.from('{"1": {"email": "\xff@example.com"}}', 'latin1'), 200, 'upstream-invalid-response'],
  ['a list instead of a record', '[1,2]', 200, 'upstream-invalid-response'],
  ['null', 'null', 200, 'upstream-invalid-response'],
  ['a number', '7', 200, 'upstream-invalid-response'],
  ['invalid records', '{"1": "x"}', 200, 'upstream-invalid-response'],
  ['a comma instead of a list', '[,]', 200, 'upstream-invalid-response'],
  ['a comma instead of records', '{ , }', 200, 'upstream-invalid-response'],
  ['{"error": true} without a code', '{"error": true}', 200, 'upstream-invalid-response'],
])('%s is %s never an empty list', async (_name, body, status, code) => {
  spacio.answer(() => ({ status, body }))
  const reply = await spacio.get('/brokerages/b1/activity')
  expect([reply.status, reply.body.code]).toEqual([502, code])
})

test.each<[number, string, string]>([
  [401, '<h1>Unauthorized</h1>', 'upstream-credentials'],
  [403, '', 'upstream-access-denied'],
  [429, '{}', 'upstream-rate-limited'],
  [404, '<h1>Not Found</h1>', 'upstream-failed'],
  [400, '{"data": []}', 'upstream-failed'],
])('status %i without a code (%j) is %s', async (status, body, code) => {
  spacio.answer(() => ({ status, body }))
  expect((await spacio.get('/brokerages/b1/activity')).body).toMatchObject({ code, upstream: { status } })
})

describe('an extremely nested record is an invalid response, not an internal error', () => {
  const deep = (levels: number) => `{"name": "Jo", "later": ${'['.repeat(levels)}"]"${']'.repeat(levels)}}`
  const answerLeads = (lead: string) =>
    spacio.answer({
      'v1/getProperty': { sid: 1, email: 'a@example.com' },
      'v1/getAccessToken': { accessToken: 't' },
      'v1/getRegistrants': `[${lead}, ${lead}]`,
    })
  test.each([100, 100_000, 1_000_000])('%i levels', async (levels) => {
    for (const url of ['/leads?sid=1', '/leads?sid=1&include=source']) {
      answerLeads(deep(levels))
      expect((await spacio.get(url)).body.code).toBe('upstream-invalid-response')
      // A successful reply in between keeps the breaker closed.
      answerLeads('{}')
      expect((await spacio.get('/leads?sid=1')).status).toBe(200)
    }
  })

  test('brackets within strings do not count as nesting', async () => {
    answerLeads(JSON.stringify({ name: '[{"'.repeat(1_000) }))
    expect((await spacio.get('/leads?sid=1&include=source')).status).toBe(200)
    answerLeads(deep(20))
    expect((await spacio.get('/leads?sid=1&include=source')).status).toBe(200)
  })
})

test.each(['""', 'false', 'null'])('{"error": %s} beside a list says that there is none', async (error) => {
  spacio.answer(() => ({
    body: `{"error": ${error}, "info": {"resultsOnPage": 0, "totalCount": 0, "totalPages": 0}, "data": []}`,
  }))
  expect(await spacio.get('/properties/1/open-houses')).toMatchObject({ status: 200, body: { data: [] } })
})

describe('redirectUrl', () => {
  const kept = [
    ['https://spac.io/signup', 'https://spac.io/signup'],
    ['https://www.spac.io/signup?email=a%40example.com', 'https://www.spac.io/signup?email=a%40example.com'],
    ['https://a.b.spac.io', 'https://a.b.spac.io/'],
    ['HTTPS://SPAC.IO/x', 'https://spac.io/x'],
    ['https://spac.io:443/x', 'https://spac.io/x'],
  ]
  const dropped = [
    'https://evil.com',
    'https://spac.io.evil.com',
    'https://notspac.io',
    'https://spac.io@evil.com',
    'https://spac.io:x@evil.com',
    'https://user@spac.io',
    'https://user:pw@spac.io',
    'https://spac.io:8443/',
    'https://spac.io:80/',
    'https://spac.io./',
    'https://evil.com/https://spac.io',
    'https://evil.com#.spac.io',
    'https://evil.com?.spac.io',
    'https:\\\\evil.com\\.spac.io',
    'http://spac.io',
    'javascript:alert(1)//spac.io',
    'data:text/html,spac.io',
    'ftp://spac.io',
    '//spac.io',
    '/signup',
    '',
    `https://spac.io/${'x'.repeat(2000)}`,
    7,
    null,
    { href: 'https://spac.io' },
  ]
  const unknownAgent = async (redirectUrl: unknown, scanValue: (code: string, more?: object) => unknown) => {
    spacio.answer(() => ({ body: scanValue('invalid-email', { redirectUrl }) }))
    const reply = await spacio.send('POST', '/agents/nobody@example.com/access-token')
    expect(reply).toMatchObject({ status: 404, body: { code: 'unknown-agent' } })
    return reply
  }
  const objects = Object.entries(layouts).filter(([name]) => name.includes('{'))

  test.each(kept)('%s is passed on', async (redirectUrl, expected) => {
    for (const [, scanValue] of objects) {
      expect((await unknownAgent(redirectUrl, scanValue)).body.redirectUrl).toBe(expected)
    }
  })

  test.each(dropped)('%j is not passed on', async (redirectUrl) => {
    for (const [, scanValue] of objects) {
      const reply = await unknownAgent(redirectUrl, scanValue)
      expect(reply.body).not.toHaveProperty('redirectUrl')
      expect(reply.text).not.toContain('evil')
    }
  })

  test('only invalid-email returns one', async () => {
    spacio.answer(() => ({ body: { error: 'invalid-sid', redirectUrl: 'https://spac.io/' } }))
    expect((await spacio.get('/properties/1')).body).not.toHaveProperty('redirectUrl')
  })
})

describe('rate-reached: Retry-After', () => {
  /** Below the transport, which sends no call during a wait that Spacio requested. */
  const askedAt = async (moment: string, { status = 200, body, headers }: ScriptedReply): Promise<unknown> => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const reply = { status, retryAfter: headers?.['retry-after'] ?? null, body: Buffer.from(text) }
    const account = { tenant: 't', baseUrl: '', apiKey: 'k', hourlyBudget: 1 }
    const ask = createSpacioRequester(
      account,
      async ({ read }) => read(reply, false),
      () => new Date(moment),
    )
    return ask('getProperty', { sid: '1' }, { signal: new AbortController().signal }).catch((error: unknown) => error)
  }

  const reset = (moment: string) => `API rate limit reached (Next reset at: ${moment})`
  test.each<[string, { given: { now: string; body: unknown; headers?: Record<string, string> }; want: string }]>([
    ['one-digit hour', { given: { now: '2017-01-01T05:59:30Z', body: reset('2017-01-01 6:10:00 UTC') }, want: '630' }],
    ['midnight', { given: { now: '2016-12-31T23:59:00Z', body: reset('2017-01-01 0:05:00 UTC') }, want: '360' }],
    ['two digits', { given: { now: '2017-01-01T12:10:00Z', body: reset('2017-01-01 13:00:00 UTC') }, want: '3000' }],
    [
      'a part of a second',
      { given: { now: '2017-01-01T12:59:59.900Z', body: reset('2017-01-01 13:00:00') }, want: '1' },
    ],
    ['just an hour', { given: { now: '2017-01-01T12:00:00Z', body: reset('2017-01-01 13:00:00 UTC') }, want: '3600' }],
    [
      'beyond an hour',
      { given: { now: '2017-01-01T12:50:00Z', body: reset('2017-01-01 14:00:00 UTC') }, want: '3600' },
    ],
    ['years away', { given: { now: '2017-01-01T12:50:00Z', body: reset('2117-01-01 0:00:00 UTC') }, want: '3600' }],
    ['in the past', { given: { now: '2017-01-01T12:50:00Z', body: reset('2017-01-01 12:00:00 UTC') }, want: '600' }],
    ['now', { given: { now: '2017-01-01T12:00:00Z', body: reset('2017-01-01 12:00:00 UTC') }, want: '3600' }],
    ['none', { given: { now: '2017-01-01T12:45:00Z', body: 'limit' }, want: '900' }],
    ['nonsense', { given: { now: '2017-01-01T12:45:00Z', body: reset('tomorrow') }, want: '900' }],
    [
      'only a header',
      { given: { now: '2017-01-01T12:45:00Z', body: 'limit', headers: { 'retry-after': '17' } }, want: '17' },
    ],
    [
      'only an invalid header',
      { given: { now: '2017-01-01T12:45:00Z', body: 'limit', headers: { 'retry-after': '-5' } }, want: '900' },
    ],
  ])('%s', async (_name, { given, want }) => {
    for (const body of [
      { error: 'rate-reached', message: given.body },
      { error: { code: 'rate-reached', message: given.body } },
      { code: 'rate-reached', message: given.body },
    ]) {
      const problem = await askedAt(given.now, { body, ...(given.headers && { headers: given.headers }) })
      expect(problem).toMatchObject({ code: 'upstream-rate-limited', fields: { retryAfter: Number(want) } })
    }
  })

  test.each([
    ['a JSON string', JSON.stringify(reset('2017-01-01 6:10:00 UTC'))],
    ['plain text', reset('2017-01-01 6:10:00 UTC')],
  ])('the status indicates the limit, and %s the reset time', async (_name, body) => {
    const problem = await askedAt('2017-01-01T05:59:30Z', { status: 429, body })
    expect(problem).toMatchObject({ code: 'upstream-rate-limited', fields: { retryAfter: 630 } })
  })

  test('later callers get the same Retry-After until the reset, and Spacio receives one call', async () => {
    clock = new Date('2036-01-01T05:59:30Z')
    spacio.answer(() => ({ body: { error: 'rate-reached', message: reset('2036-01-01 6:10:00 UTC') } }))
    for (const [url, passed] of [
      ['/properties/1', 0],
      ['/brokerages/b1/agents', 30],
    ] as const) {
      clock = new Date(clock.getTime() + passed * 1000)
      const reply = await spacio.get(url)
      expect(reply).toMatchObject({ status: 503, body: { code: 'upstream-rate-limited', retryAfter: 630 - passed } })
      expect(reply.headers['retry-after']).toBe(String(630 - passed))
      expect(reply.text).not.toContain('reset')
    }
    expect(spacio.calls).toHaveLength(1)
  })
})
