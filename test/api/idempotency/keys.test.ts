/** Requests with the same key take effect once. */
import { request } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type IdempotentGateway, isReplayed, openIdempotentGateway, renoInput } from '../../support/idempotency.ts'

let foyer: IdempotentGateway

beforeAll(async () => {
  foyer = await openIdempotentGateway()
})

beforeEach(() => {
  foyer.clock.pass(2 * 24 * 60 * 60)
  foyer.sandbox.control.reset()
})

afterAll(() => foyer.close())

const fault = (given: object) =>
  foyer.sandbox.control.liondesk.fault({ operation: 'create', times: 1, ...given } as never)

test('a repeated request gets the same response, and nothing is sent', async () => {
  const first = await foyer.create('a')
  const second = await foyer.create('a')
  expect([first.status, isReplayed(first), second.status, isReplayed(second)]).toEqual([201, undefined, 201, 'true'])
  expect([second.text, second.headers.location]).toEqual([first.text, first.headers.location])
  expect(foyer.posts()).toBe(1)
})

test('without a key, or with a different one, the write takes effect again', async () => {
  for (const key of [undefined, undefined, 'a', 'b']) expect((await foyer.create(key)).status).toBe(201)
  expect(foyer.posts()).toBe(4)
})

test('the order of the names in a body does not matter, the values do', async () => {
  await foyer.create('a', { city: 'Reno', yearBuilt: 1999 })
  expect(isReplayed(await foyer.create('a', { yearBuilt: 1999, city: 'Reno' }))).toBe('true')
  const other = await foyer.create('a', { city: 'Reno', yearBuilt: 2000 })
  expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-mismatch' } })
  expect(foyer.posts()).toBe(1)
})

test('a reply with the wire record is another request', async () => {
  await foyer.create('a')
  const reply = await foyer.create('a', renoInput, '/events/7/properties?include=source')
  expect(reply.body.code).toBe('idempotency-mismatch')
})

test('the wire record is returned again unchanged', async () => {
  const url = '/events/7/properties?include=source'
  const first = await foyer.create('a', renoInput, url)
  expect(first.body.source.record).toMatchObject({ city: 'Reno' })
  expect((await foyer.create('a', renoInput, url)).text).toBe(first.text)
})

test('another event is a different write', async () => {
  await foyer.create('a')
  expect(isReplayed(await foyer.create('a', renoInput, '/events/9/properties'))).toBeUndefined()
  expect(foyer.posts()).toBe(2)
})

test('the only connection is the same whether it is named or not', async () => {
  await foyer.create('a')
  const [{ id }] = (await foyer.get('/connections')).body.data
  expect(isReplayed(await foyer.create('a', renoInput, `/events/7/properties?connection=${id}`))).toBe('true')
})

test('a key is stored for a day', async () => {
  await foyer.create('a')
  foyer.clock.pass(24 * 60 * 60 - 0.001)
  expect(isReplayed(await foyer.create('a'))).toBe('true')
  foyer.clock.pass(0.001)
  expect(isReplayed(await foyer.create('a'))).toBeUndefined()
  expect(foyer.posts()).toBe(2)
})

describe('the header', () => {
  test.each(['x', '~', 'a,b;c="d"', 'x'.repeat(255), '"x"', '"two words"', `"${'x'.repeat(255)}"`, '"\\"\\\\"'])(
    '%s is a key',
    async (key) => {
      expect([(await foyer.create(key)).status, isReplayed(await foyer.create(key))]).toEqual([201, 'true'])
    },
  )

  test.each(['', ' ', 'two words', 'x'.repeat(256), '"', '""', '"x', '"x"y', '"x";a=1', '"\\x"', '\u00e4', 'a, b'])(
    '%j is none: 400 names it, and nothing is sent',
    async (key) => {
      const { status, body } = await foyer.create(key)
      expect([status, body.errors[0].path]).toEqual([400, 'header/idempotency-key'])
      expect(foyer.posts()).toBe(0)
    },
  )

  test.each([
    ['x', '"x"'],
    ['a\\b', '"a\\\\b"'],
  ])('%s is %s', async (bare, quoted) => {
    await foyer.create(bare)
    expect(isReplayed(await foyer.create(quoted))).toBe('true')
  })
})

test('of twenty concurrent requests, one is executed; the others get 409 or its response', async () => {
  const replies = await Promise.all(Array.from({ length: 20 }, () => foyer.create('a')))
  expect(foyer.posts()).toBe(1)
  expect(replies.filter((reply) => reply.status === 201 && !isReplayed(reply))).toHaveLength(1)
  const others = replies.filter((reply) => reply.status !== 201 || isReplayed(reply))
  for (const { status, body } of others) if (status !== 201) expect([status, body.code]).toEqual([409, 'conflict'])
  expect(isReplayed(await foyer.create('a'))).toBe('true')
})

test('a write that had no effect frees the key', async () => {
  fault({ kind: 'error', code: 'BadRequest' })
  expect((await foyer.create('a')).status).toBe(422)
  expect((await foyer.create('a', { city: 'Sparks' })).status).toBe(201)
  expect(foyer.cities()).toContain('Sparks')
})

test('as does a feature that has not occurred yet', async () => {
  expect((await foyer.create('a', { fromSid: 99_999 })).status).toBe(422)
  expect((await foyer.create('a', { photoUrls: Array(9).fill(`https://example.com/${'x'.repeat(40)}`) })).status).toBe(
    422,
  )
  expect((await foyer.create('a')).status).toBe(201)
})

test('it continues when its client disconnects: the repeated request gets the response', async () => {
  const address = await foyer.app.listen({ port: 0 })
  fault({ kind: 'latency', ms: 300 })
  const headers = { 'content-type': 'application/json', 'idempotency-key': 'a' }
  const leaving = request(`${address}/events/7/properties`, { method: 'POST', headers }).on('error', () => {})
  leaving.end(JSON.stringify(renoInput))
  await expect.poll(() => foyer.posts()).toBe(1)
  leaving.destroy()
  expect((await foyer.create('a')).status).toBe(409)
  await expect.poll(async () => isReplayed(await foyer.create('a'))).toBe('true')
  // It was complete, so no search was needed.
  const receivedRequests = foyer.sandbox.control.liondesk.requests().map(({ operation }) => operation)
  expect(receivedRequests).toEqual(['create'])
})
