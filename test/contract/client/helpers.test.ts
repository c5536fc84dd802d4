import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import {
  createFoyer,
  type FeedPage,
  FoyerProblem,
  getProperty,
  listLeads,
  paginate,
  readFeed,
} from '../../../clients/typescript/src/index.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

let foyer: SandboxGateway
let instant = Date.now()
let base: string

beforeAll(async () => {
  foyer = await openSandboxAndGateway({ sandbox: { now: new Date(instant) }, now: () => new Date(instant) })
  base = await foyer.app.listen({ host: '127.0.0.1', port: 0 })
})

afterEach(() => foyer.sandbox.control.reset())

afterAll(() => foyer.close())

/** A client that stores its requests and returns some scripted responses. The others come from the gateway. */
const spy = (...answers: (() => Response | Promise<Response>)[]) => {
  const sent: { url: string; headers: Headers }[] = []
  const client = createFoyer({
    baseUrl: `${base}/`,
    token: () => `token-${sent.length + 1}`,
    fetch: async (input) => {
      const request = input as Request
      sent.push({ url: request.url.slice(base.length), headers: request.headers })
      const answer = answers.shift()
      const headers = new Headers(request.headers)
      headers.delete('authorization')
      return answer ? answer() : fetch(request.url, { headers, signal: request.signal })
    },
  })
  return { client, sent }
}

const problem = (status: number, fields: object) => () =>
  new Response(JSON.stringify({ status, title: 'T', detail: 'D.', requestId: 'r', ...fields }), {
    status,
    headers: { 'content-type': 'application/problem+json' },
  })

const thrownBy = (promise: Promise<unknown>): Promise<unknown> => promise.then(String, (error: unknown) => error)

test('paginate yields every element once, in order, with the fewest calls', async () => {
  const { client, sent } = spy()
  const query = { brokerageId: 'b1001', 'agentEmail[ne]': 'agent1@example.com' }
  const ids: string[] = []
  for await (const { id } of paginate(listLeads, { client, query: { ...query, limit: 30 } })) ids.push(id)

  const whole = await foyer.get('/leads?brokerageId=b1001&agentEmail[ne]=agent1@example.com&limit=200')
  expect(ids.length).toBeGreaterThan(60)
  expect(ids).toEqual(whole.body.data.map(({ id }: { id: string }) => id))
  expect(sent).toHaveLength(Math.ceil(ids.length / 30))
  expect(sent[1]?.url).toBe('/leads?limit=30&brokerageId=b1001&agentEmail[ne]=agent1%40example.com&offset=30')

  for await (const _ of paginate(listLeads, { client, query })) break
  expect(sent.at(-1)?.url).toContain('limit=200')
})

test('paginate begins at the given offset, and yields nothing for an empty list', async () => {
  const { client } = spy()
  const rest: string[] = []
  const { pagination } = await listLeads({ client, query: { brokerageId: 'b1001', limit: 1 } })
  const query = { brokerageId: 'b1001', offset: pagination.total - 2 }
  for await (const { id } of paginate(listLeads, { client, query })) rest.push(id)
  expect(rest).toHaveLength(2)
  for await (const _ of paginate(listLeads, { client, query: { ...query, offset: pagination.total } })) rest.push('')
  expect(rest).toHaveLength(2)
})

test('a key is sent as a key, a token is requested for each call, and both together are an error', async () => {
  const { client, sent } = spy(problem(401, {}), problem(401, {}))
  for (const _ of '12') await thrownBy(getProperty({ client, path: { sid: 10101 } }))
  expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer token-1', 'Bearer token-2'])
  expect(sent[0]?.headers.has('x-api-key')).toBe(false)

  let headers = new Headers()
  const keyed = createFoyer({
    baseUrl: base,
    apiKey: 'fk_1',
    fetch: async (request) => {
      headers = (request as Request).headers
      return Response.json({})
    },
  })
  await getProperty({ client: keyed, path: { sid: 10101 } })
  expect([headers.get('x-api-key'), headers.has('authorization')]).toEqual(['fk_1', false])
})

test('a problem is thrown with all its fields', async () => {
  const { client } = spy()
  const error = await thrownBy(getProperty({ client, path: { sid: 99 } }))
  expect(error).toBeInstanceOf(FoyerProblem)
  expect(error).toMatchObject({
    name: 'FoyerProblem',
    message: 'Unknown property: No property has this sid.',
    code: 'unknown-property',
    status: 404,
    retryable: false,
    requestId: expect.stringMatching(/^[\w-]{36}$/),
    upstream: { operation: 'getProperty' },
  })
  const limited = await thrownBy(
    getProperty({ client: spy(problem(429, { code: 'rate-limited', retryAfter: 7 })).client, path: { sid: 1 } }),
  )
  expect(limited).toMatchObject({ code: 'rate-limited', retryAfter: 7, retryable: true })
  const future = await thrownBy(
    getProperty({ client: spy(problem(418, { code: 'new-one' })).client, path: { sid: 1 } }),
  )
  expect(future).toMatchObject({ code: 'new-one', retryable: false })
})

test.each([
  ['a page of a proxy', () => new Response('<html>', { status: 502 }), /^Error: HTTP 502, and no problem document$/],
  ['an empty reply', () => new Response(null, { status: 500 }), /^Error: HTTP 500, and no problem document$/],
  ['no reply', () => Promise.reject(new TypeError('fetch failed')), /^TypeError: fetch failed$/],
  ['no JSON', () => new Response('{', { headers: { 'content-type': 'application/json' } }), /^SyntaxError/],
])('%s is no FoyerProblem', async (_, answer, message) => {
  const error = await thrownBy(getProperty({ client: spy(answer).client, path: { sid: 1 } }))
  expect(error).not.toBeInstanceOf(FoyerProblem)
  expect(String(error)).toMatch(message)
})

const wireTime = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ')

const arrive = (name: string): string => {
  instant += 6_000
  return foyer.sandbox.control.spacio.addLead({ sid: 10101, name, dateCreated: wireTime(instant) })[0]?.id as string
}

const getFeed = (client: ReturnType<typeof createFoyer>, query: object = {}, signal?: AbortSignal) =>
  readFeed({ client, query: { brokerageId: 'b1001', ...query }, pause: 1, ...(signal && { signal }) })

const getNext = async (feed: AsyncGenerator<FeedPage, void>): Promise<FeedPage> => (await feed.next()).value as FeedPage

test('readFeed begins now, yields each lead once, and continues with its cursor in another process', async () => {
  const { client } = spy()
  const feed = getFeed(client)
  const startCount = await getNext(feed)
  expect(startCount).toMatchObject({ data: [], isRestart: false })

  const first = arrive('First')
  const page = await getNext(feed)
  expect(page.data.map(({ id }) => id)).toEqual([first])
  await feed.return()

  const second = arrive('Second')
  expect((await getNext(getFeed(client, { after: page.cursor }))).data.map(({ id }) => id)).toEqual([second])
  const again = await getNext(getFeed(client, { after: startCount.cursor }))
  expect(again.data.map(({ id }) => id)).toEqual([first, second])
})

test('readFeed does not wait while there is more to read', async () => {
  const { client } = spy()
  const from = new Date(instant - 6 * 86_400_000).toISOString().slice(0, 10)
  const feed = readFeed({ client, query: { brokerageId: 'b1001', from, limit: 2 }, pause: 3_600_000 })
  const ids = []
  for (const _ of '123') ids.push(...(await getNext(feed)).data.map(({ id }) => id))
  expect(new Set(ids).size).toBe(6)
})

test('readFeed retries temporary errors, begins a week back when the cursor has expired, and throws other errors', async () => {
  const { client, sent } = spy(
    problem(503, { code: 'upstream-unavailable', retryAfter: 0 }),
    problem(504, { code: 'upstream-timeout' }),
    problem(410, { code: 'cursor-expired' }),
    problem(429, { code: 'rate-limited', retryAfter: 0 }),
  )
  const feed = getFeed(client, { after: 'old', limit: 200, from: '2026-01-01' })
  const page = await getNext(feed)
  expect(page).toMatchObject({ isRestart: true })
  expect(page.data.length).toBeGreaterThan(0)
  const weekAgo = new Date(Date.now() - 7 * 86_400_000).toISOString().slice(0, 10)
  const restarted = `/leads/feed?brokerageId=b1001&limit=200&from=${weekAgo}`
  expect(sent.slice(3).map(({ url }) => url)).toEqual([restarted, restarted])
  arrive('Later')
  expect((await getNext(feed)).isRestart).toBe(false)

  const refused = getFeed(spy().client, { after: 'forged' })
  expect(await thrownBy(refused.next())).toMatchObject({ code: 'invalid-request' })
})

test('an abort ends readFeed, asleep or asking, without an error', async () => {
  const sleeping = new AbortController()
  const feed = readFeed({
    client: spy().client,
    query: { brokerageId: 'b1001' },
    pause: 3_600_000,
    signal: sleeping.signal,
  })
  await feed.next()
  const next = feed.next()
  sleeping.abort()
  expect(await next).toEqual({ done: true, value: undefined })

  const asking = new AbortController()
  const { server, url } = await silent(() => asking.abort())
  const client = createFoyer({ baseUrl: url, apiKey: 'k' })
  expect(await getFeed(client, {}, asking.signal).next()).toEqual({ done: true, value: undefined })
  server.closeAllConnections()
  server.close()
})

/** Accepts a request and never responds. */
const silent = (onRequest: () => void): Promise<{ server: Server; url: string }> =>
  new Promise((resolve) => {
    const server = createServer(onRequest)
    server.listen(0, '127.0.0.1', () => {
      resolve({ server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
    })
  })
