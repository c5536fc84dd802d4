/** A client that already has the bytes of a response gets 304. */
import Fastify from 'fastify'
import fp from 'fastify-plugin'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import caching from '#src/plugins/response/caching/index.ts'
import { openTimedGateway, type TimedGateway } from '../../../../support/caching.ts'

let foyer: TimedGateway

beforeAll(async () => {
  foyer = await openTimedGateway({ FOYER_CORS_ORIGINS: 'https://board.example' })
})

beforeEach(() => foyer.nextDay())

afterAll(() => foyer.close())

const url = '/properties/10101'

const getEtag = async (path = url): Promise<string> => String((await foyer.get(path)).headers.etag)

test('equal bytes have equal tags, and different bytes have different tags', async () => {
  const tag = await getEtag()
  expect(tag).toMatch(/^"[\w-]{27}"$/)
  expect(await getEtag()).toBe(tag)
  expect(await getEtag('/properties/10102')).not.toBe(tag)
  expect(await getEtag(`${url}?include=source`)).not.toBe(tag)
})

const naming: [string, (tag: string) => string][] = [
  ['alone', (tag) => tag],
  ['as weak', (tag) => `W/${tag}`],
  ['in a list', (tag) => `"x", W/"y,z" , ${tag}`],
  ['by a star', () => ' * '],
]

test.each(naming)('If-None-Match with %s: 304 without a body, with the cache headers', async (_name, ifNoneMatch) => {
  const whole = await foyer.get(url)
  foyer.clock.pass(18)
  const reply = await foyer.get(url, { 'if-none-match': ifNoneMatch(String(whole.headers.etag)) })
  expect([reply.status, reply.text]).toEqual([304, ''])
  expect(reply.headers).toMatchObject({
    etag: whole.headers.etag,
    'cache-status': 'Foyer; hit; ttl=42',
    age: '18',
    'cache-control': 'private, no-cache',
    vary: whole.headers.vary,
    'x-request-id': expect.any(String),
  })
  for (const name of ['content-type', 'content-length']) expect(reply.headers).not.toHaveProperty(name)
})

const others: [string, (tag: string) => string][] = [
  ['another', () => '"x"'],
  ['a part', (tag) => `${tag.slice(0, -2)}"`],
  ['without quotes', (tag) => tag.slice(1, -1)],
  ['inside another', (tag) => `"x${tag.slice(1, -1)}"`],
  ['nothing', () => ''],
]

test.each(others)('If-None-Match with %s does not match', async (_name, ifNoneMatch) => {
  const tag = await getEtag()
  expect((await foyer.get(url, { 'if-none-match': ifNoneMatch(tag) })).status).toBe(200)
})

test('HEAD has the same tag and status as GET', async () => {
  const whole = await foyer.get(url)
  const head = await foyer.send('HEAD', url)
  expect([head.status, head.headers.etag, head.text]).toEqual([200, whole.headers.etag, ''])
  const none = await foyer.send('HEAD', url, undefined, { 'if-none-match': String(whole.headers.etag) })
  expect([none.status, none.text, none.headers['content-length']]).toEqual([304, '', whole.headers['content-length']])
})

test('a changed response has a new tag and is sent in full', async () => {
  const tag = await getEtag()
  foyer.clock.pass(60)
  const body = { sid: 10101, title: 'Changed', price: '1', email: 'agent1@example.com' }
  foyer.sandbox.control.spacio.fault({ operation: 'getProperty', kind: 'body', body })
  const reply = await foyer.get(url, { 'if-none-match': tag })
  expect([reply.status, reply.body.title]).toEqual([200, 'Changed'])
})

describe('browser caching', () => {
  const keepable = [
    '/properties/10101',
    '/properties/10101/open-houses',
    '/agents/agent1@example.com/properties',
    '/brokerages/b1001/open-houses',
  ]

  test.each(keepable)('%s: a browser may store the response and must revalidate it', async (path) => {
    const { headers } = await foyer.get(path, { origin: 'https://board.example' })
    expect(headers['cache-control']).toBe('private, no-cache')
    const vary = String(headers.vary).toLowerCase().split(/, */)
    expect(vary).toEqual(expect.arrayContaining(['x-api-key', 'authorization', 'accept', 'origin']))
  })

  const people = [
    '/leads?sid=10101',
    '/brokerages/b1001/agents',
    '/brokerages/b1001/activity?from=2026-03-01&to=2026-03-14',
    '/events/7/properties',
    '/connections',
    '/upstreams',
  ]

  test.each(people)('%s: no cache may store the response, although it has a tag', async (path) => {
    const { headers } = await foyer.get(path)
    expect(headers['cache-control']).toBe('no-store')
    expect(headers.etag).toEqual(expect.any(String))
  })

  test('no cache may store an error, and it has no tag', async () => {
    const { status, headers } = await foyer.get('/properties/999999')
    expect([status, headers['cache-control']]).toEqual([404, 'no-store'])
    for (const name of ['etag', 'age', 'cache-status']) expect(headers).not.toHaveProperty(name)
  })
})

test.each<['GET' | 'POST', string]>([
  ['GET', '/leads/export?brokerageId=b1001&format=csv'],
  ['POST', '/agents/agent1@example.com/access-token'],
])('%s %s has no tag', async (method, path) => {
  const reply = await foyer.app.inject({ method, url: path, headers: { 'if-none-match': '*' } })
  expect(reply.statusCode).toBe(200)
  expect(reply.headers).not.toHaveProperty('etag')
})

test('public responses have tags too', async () => {
  for (const path of ['/problems', '/mappings', '/openapi.json']) {
    const tag = await getEtag(path)
    expect((await foyer.get(path, { 'if-none-match': tag })).status).toBe(304)
  }
})

test('only a complete 200 response has a tag', async () => {
  const app = Fastify()
  for (const name of ['request-state', 'call-context']) await app.register(fp(async () => {}, { name }))
  await app.register(caching)
  for (const status of [200, 203, 404]) app.get(`/${status}`, (_request, reply) => reply.code(status).send({ status }))
  const replies = await Promise.all([200, 203, 404].map((status) => app.inject(`/${status}`)))
  expect(replies.map(({ headers }) => 'etag' in headers)).toEqual([true, false, false])
})
