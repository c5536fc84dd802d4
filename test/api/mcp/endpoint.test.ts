/** The MCP endpoint has the same access rules as the REST routes. All log lines are checked for personal data. */
import fc from 'fast-check'
import Fastify, { type FastifyRequest } from 'fastify'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { formatProblem, toToolProblem } from '#src/mcp/errors.ts'
import { createInternalGet } from '#src/mcp/internal-client.ts'
import { tools } from '#src/mcp/tools/index.ts'
import { type AssistantGateway, type Era, openAssistantGateway } from '../../support/mcp.ts'
import { createRunOptions } from '../../support/properties.ts'
import { createEnvironment, openGateway } from '../../support/test-gateway.ts'

let foyer: AssistantGateway

/** The requests that the REST routes received. */
let receivedRequests: {
  method: string
  route: string
  headers: FastifyRequest['headers']
  ip: string
  isGone: boolean
}[]

beforeAll(async () => {
  foyer = await openAssistantGateway()
  foyer.gateway.app.onEnd(({ method, routeOptions, headers, ip, trace }) => {
    const route = routeOptions.url ?? ''
    if (route !== '/mcp') receivedRequests.push({ method, route, headers, ip, isGone: trace?.isClientGone ?? false })
  })
})
beforeEach(() => {
  foyer.sandbox.control.reset()
  receivedRequests = []
})
afterAll(() => foyer.close())

const getCall = (name: string, given: unknown) => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name, arguments: given },
})

const listing = getCall('show_listing', { sid: 10101 })

const getProblem = async (reply: Response) => {
  expect(reply.headers.get('content-type')).toContain('application/problem+json')
  const { code }: any = await reply.json()
  return [reply.status, code]
}

describe('before a tool is reached', () => {
  test('it does not exist unless it is enabled', async () => {
    const { path } = foyer.clients
    const env = { SPACIO_API_KEY: 'k', FOYER_AUTH: 'required', FOYER_CLIENTS_FILE: path }
    const gateway = await openGateway(env)
    for (const method of ['POST', 'GET'] as const) {
      const { status, body } = await gateway.send(method, '/mcp', undefined, foyer.clients.headers('whole'))
      expect([status, body.code]).toEqual([404, 'not-found'])
    }
    await gateway.close()
  })

  test('a request without credentials gets 401, as on all routes', async () => {
    for (const key of ['', `fk_${'x'.repeat(43)}`]) {
      const reply = await foyer.post(listing, { 'x-api-key': key })
      expect(reply.headers.get('www-authenticate')).toBe('Bearer realm="Foyer"')
      expect(reply.headers.get('cache-control')).toBe('no-store')
      expect(await getProblem(reply)).toEqual([401, 'unauthenticated'])
    }
    expect(receivedRequests).toEqual([])
  })

  test('a page of an origin that is not listed is refused, and one that is listed is not', async () => {
    const own = new URL(foyer.base).origin
    for (const origin of ['https://evil.example', 'null', own, 'https://app.example.com.evil.example']) {
      expect(await getProblem(await foyer.post(listing, { origin }))).toEqual([403, 'forbidden'])
    }
    expect(receivedRequests).toEqual([])
    const reply = await foyer.post(listing, { origin: 'https://app.example.com' })
    expect([reply.status, reply.headers.get('access-control-allow-origin')]).toEqual([200, 'https://app.example.com'])
  })

  test.each(['application/json', '*/*', 'application/json, text/event-stream', undefined])(
    'Accept: %s is answered with JSON',
    async (accept) => {
      const reply = await foyer.post(listing, accept === undefined ? {} : { accept })
      expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8'])
    },
  )

  test('Accept: text/html is refused', async () => {
    expect(await getProblem(await foyer.post(listing, { accept: 'text/html' }))).toEqual([406, 'not-acceptable'])
  })

  test('only POST is taken: there are no streams and no sessions', async () => {
    for (const method of ['GET', 'DELETE', 'PUT']) {
      const reply = await fetch(`${foyer.base}/mcp`, { method, headers: foyer.clients.headers('whole') })
      expect(reply.headers.get('allow')).toBe('POST')
      expect(await getProblem(reply)).toEqual([405, 'method-not-allowed'])
    }
  })

  test.each([
    ['a batch', [listing, listing], {}, [400, 'invalid-request']],
    ['no JSON', '{', {}, [400, 'invalid-request']],
    [
      'a poisoned message',
      '{"__proto__": {}, "jsonrpc": "2.0", "id": 1, "method": "ping"}',
      {},
      [400, 'invalid-request'],
    ],
    ['too much', getCall('show_listing', { sid: 'x'.repeat(17_000) }), {}, [413, 'body-too-large']],
    ['another type', 'hello', { 'content-type': 'text/plain' }, [415, 'unsupported-media-type']],
  ])('%s is refused', async (_name, body, headers, want) => {
    expect(await getProblem(await foyer.post(body, headers))).toEqual(want)
    expect(receivedRequests).toEqual([])
  })

  test('nothing can be subscribed to', async () => {
    const meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
    }
    const message = {
      jsonrpc: '2.0',
      id: 1,
      method: 'subscriptions/listen',
      params: { _meta: meta, notifications: { toolsListChanged: true } },
    }
    const reply = await foyer.post(message, {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'subscriptions/listen',
    })
    expect(reply.headers.get('content-type')).toContain('application/json')
    expect(await reply.json()).toMatchObject({ error: { code: expect.any(Number) } })
  })
})

describe('access', () => {
  test.each<Era>(['legacy', 'auto'])('a client without leads:read sees no tool for visitors, %s', async (era) => {
    const { client } = await foyer.connect('listings', era)
    const { tools: listed } = await client.listTools()
    expect(listed.map(({ name }) => name)).toEqual([
      'show_listing',
      'list_agent_listings',
      'show_my_access',
      'explain_problem',
    ])
  })

  test.each<Era>(['legacy', 'auto'])('a call of one without its scope returns the missing scope, %s', async (era) => {
    const { call } = await foyer.connect('listings', era)
    const refused = await call('list_visitors', { brokerageId: 'b1001' })
    const { detail } = (await foyer.gateway.get('/leads?brokerageId=b1001', foyer.clients.headers('listings'))).body
    expect(detail).toContain('leads:read')
    receivedRequests = []
    for (const given of [{ brokerageId: 'b1001' }, {}, { nonsense: 'canary' }]) {
      const { isError, structured, text } = await call('list_visitors', given)
      expect([isError, structured]).toEqual([true, undefined])
      expect(text).toContain(`Forbidden (forbidden, 403): ${detail}\nAsk the operator`)
      expect(text.replace(/requestId.*/, '')).toBe(refused.text.replace(/requestId.*/, ''))
    }
    await expect(call('no_such_tool', {})).rejects.toThrow(/not found/)
    expect([receivedRequests, foyer.sandbox.control.spacio.requests()]).toEqual([[], []])
  })

  test('a request without a grant is rejected without an upstream call', async () => {
    const { call } = await foyer.connect('brokerage')
    const refused = await call('list_visitors', { brokerageId: 'b1002' })
    expect([refused.isError, refused.text]).toEqual([
      true,
      expect.stringMatching(/\(forbidden, 403\).*no grant for this/),
    ])
    expect(foyer.sandbox.control.spacio.requests()).toEqual([])
    expect((await call('list_visitors', { brokerageId: 'b1001' })).isError).toBe(false)
  })

  test('concurrent callers each get their own results', async () => {
    const [whole, brokerage] = await Promise.all([foyer.connect('whole'), foyer.connect('brokerage')])
    const given = { brokerageId: 'b1002', limit: 1 }
    const both = Array.from({ length: 10 }, () => [
      whole.call('list_visitors', given),
      brokerage.call('list_visitors', given),
    ])
    const answers = await Promise.all(both.flat())
    expect(answers.map(({ isError }) => isError)).toEqual(both.flatMap(() => [false, true]))
  })
})

describe('what is forwarded', () => {
  test('the caller, and no other header', async () => {
    const smuggled = {
      'x-forwarded-for': '203.0.113.9',
      'x-http-method-override': 'DELETE',
      'x-service-method': 'remove',
      'idempotency-key': 'k',
      'last-event-id': 'x',
      'cache-control': 'no-cache',
      'if-none-match': '*',
      traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      cookie: 'session=1',
    }
    expect((await foyer.post(listing, smuggled)).status).toBe(200)
    expect(receivedRequests.length).toBe(2)
    for (const { headers, ip } of receivedRequests) {
      // The address that the trusted proxy reports, without the header.
      expect(ip).toBe('203.0.113.9')
      expect(Object.keys(headers).sort()).toEqual(['accept', 'host', 'user-agent', 'x-api-key'])
      expect(headers).toMatchObject({ accept: 'application/json', ...foyer.clients.headers('whole') })
      expect(headers.host).toMatch(/^localhost/)
    }
  })

  test('only reads, for any request', async () => {
    const { call } = await foyer.connect('whole')
    const word = fc.oneof(
      fc.constantFrom('b1001', 't2001', '7', 'agent1@example.com', '2026-11-01', '../7', '7/properties/1'),
      fc.string(),
    )
    const value = fc.oneof(
      word,
      fc.integer({ min: -1, max: 20_000 }),
      fc.constant(10101),
      fc.boolean(),
      fc.constant(null),
    )
    const given = fc.dictionary(
      fc.constantFrom(
        'brokerageId',
        'teamId',
        'sid',
        'agent',
        'eventId',
        'code',
        'limit',
        'cursor',
        'from',
        'method',
        'city',
        'include',
      ),
      value,
      { maxKeys: 4 },
    )
    const name = fc.constantFrom(...tools.map((tool) => tool.name))
    await fc.assert(
      fc.asyncProperty(name, given, async (tool, args) => void (await call(tool, args))),
      createRunOptions(60),
    )
    for (const right of [{ eventId: '7' }]) await call('list_event_properties', right)
    expect(new Set(receivedRequests.map(({ method }) => method))).toEqual(new Set(['GET']))
    const { liondesk, spacio } = foyer.sandbox.control
    expect(new Set(liondesk.requests().map(({ method }) => method))).toEqual(new Set(['GET']))
    expect(spacio.requests().every(({ operation }) => /(^|\/)get/.test(operation))).toBe(true)
  })

  test('no path climbs out of its route', async () => {
    const request = { headers: foyer.clients.headers('whole'), ip: '127.0.0.1' } as unknown as FastifyRequest
    const ask = createInternalGet(foyer.gateway.app, request, new AbortController().signal)
    for (const segment of ['', '.', '..', '../7', '..%2f7']) {
      await expect(ask(['events', segment, 'properties'])).rejects.toThrow(/not-found|invalid-request/)
    }
    expect(foyer.sandbox.control.liondesk.requests()).toEqual([])
  })

  test('arguments of any length are rejected without being quoted', async () => {
    const { call } = await foyer.connect('whole')
    const long = await call('list_visitors', { brokerageId: 'canary'.repeat(2_000) })
    expect([long.isError, long.text.length < 200, long.text]).toEqual([
      true,
      true,
      expect.not.stringContaining('canary'),
    ])
    const wide = await call('list_visitors', { brokerageId: 'b1001', agentEmail: 'ü'.repeat(2_000) })
    expect([wide.isError, wide.text]).toEqual([true, expect.stringMatching(/^Invalid request .*longer than 4096/)])
    expect(foyer.sandbox.control.spacio.requests()).toEqual([])
  })

  test('that a client has left', async () => {
    foyer.sandbox.control.spacio.fault({ operation: 'v2/getRegistrantsByBrokerage', kind: 'latency', ms: 30_000 })
    const leaving = new AbortController()
    const reply = fetch(`${foyer.base}/mcp`, {
      method: 'POST',
      headers: {
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
        ...foyer.clients.headers('whole'),
      },
      body: JSON.stringify(getCall('list_visitors', { brokerageId: 'b1001' })),
      signal: leaving.signal,
    })
    await expect.poll(() => foyer.sandbox.control.spacio.requests().length).toBeGreaterThan(0)
    leaving.abort()
    await expect(reply).rejects.toThrow()
    await expect.poll(() => receivedRequests).toMatchObject([{ route: '/leads', isGone: true }])
  })
})

describe('failures', () => {
  test('a failed upstream is described with what to do', async () => {
    foyer.sandbox.control.spacio.fault({ operation: 'v2/getRegistrantsByBrokerage', kind: 'reset' })
    const { call } = await foyer.connect('whole')
    const { isError, text, structured } = await call('list_visitors', { brokerageId: 'b1001' })
    expect([isError, structured]).toEqual([true, undefined])
    expect(text).toMatch(/^Upstream failed \(upstream-failed, 502\): .*\nTry again.*\nrequestId: [0-9a-f-]{36}$/)
  })

  test('a used-up limit returns the seconds to wait', async () => {
    const env = { ...createEnvironment(foyer.sandbox), FOYER_AUTH: 'required', FOYER_CLIENTS_FILE: foyer.clients.path }
    const gateway = await openGateway({ ...env, FOYER_MCP: 'on', FOYER_RATE_LIMIT: '1' })
    const post = (payload: object) =>
      gateway.app.inject({
        method: 'POST',
        url: '/mcp',
        headers: { accept: 'application/json, text/event-stream', ...foyer.clients.headers('whole') },
        payload,
      })
    // Each call makes two requests, and the second one exceeds the limit.
    const { result } = (await post(getCall('list_visitors', { brokerageId: 'b1001' }))).json()
    expect(result).toMatchObject({ isError: true })
    expect(result.content[0].text).toMatch(/\(rate-limited, 429\).*\nTry again in \d+ seconds?\.\n/s)
    const refused = await post(listing)
    expect([refused.statusCode, refused.json().code]).toEqual([429, 'rate-limited'])
    await gateway.close()
  })

  test('a rejected request without a response counts as overload, not as a bug', async () => {
    const app = Fastify()
    app.get('/properties', (request, reply) => {
      reply.hijack()
      request.raw.destroy()
    })
    const ask = createInternalGet(app, { headers: {}, ip: '127.0.0.1' } as FastifyRequest, new AbortController().signal)
    await expect(ask(['properties'])).rejects.toMatchObject({ code: 'overloaded', fields: { retryAfter: 2 } })
    await app.close()
  })

  test('a bug shows only its request id', () => {
    const text = formatProblem(toToolProblem(new TypeError('canary at /srv/foyer'), 'r-1'))
    expect(text).toMatch(/^Internal error \(internal, 500\).*requestId: r-1$/s)
    expect(text).not.toMatch(/canary|srv/)
  })
})
