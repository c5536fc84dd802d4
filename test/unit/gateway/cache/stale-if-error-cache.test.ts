import { expect, test } from 'vitest'
import { createCachedSpacio } from '#src/gateway/cache/cached-spacio.ts'
import { createRequestCache } from '#src/gateway/cache/request-cache.ts'
import { createStaleIfErrorCache } from '#src/gateway/cache/stale-if-error-cache.ts'
import { Problem } from '#src/problems.ts'
import { createClock } from '../../../support/caching.ts'

const minute = { freshMs: 60_000, staleMs: 0 }

const open = (limits = { maxEntries: 100, maxBytes: 1_000_000 }) => {
  const { now, pass } = createClock()
  const answers = createStaleIfErrorCache(() => now().getTime(), limits)
  const read = (key: string, value: unknown = key, bounds = minute) =>
    answers.read('things', key, bounds, createRequestCache(), async () => value)
  return { read, pass, answers }
}

test('the size is limited: an oversized value is returned but not cached, and evicts nothing', async () => {
  const { read } = open({ maxEntries: 10, maxBytes: 2_000 })
  await read('small')
  const large = await read('large', ['x'.repeat(2_000)])
  expect([large.value, large.source]).toEqual([['x'.repeat(2_000)], { ...miss, isStored: false }])
  expect((await read('large')).source).toEqual(miss)
  expect((await read('small')).source).toEqual({ kind: 'hit' })
})

test('the least recently used entry is evicted', async () => {
  const { read } = open({ maxEntries: 2, maxBytes: 1_000_000 })
  for (const key of ['a', 'b', 'a', 'c']) await read(key)
  expect([(await read('a')).source.kind, (await read('b')).source.kind]).toEqual(['hit', 'miss'])
})

const miss = { kind: 'miss', reason: 'uri-miss', isCollapsed: false, isStored: true }

test('a load whose entry is evicted before it completes still returns its value', async () => {
  const { read, answers } = open({ maxEntries: 1, maxBytes: 1_000_000 })
  let answer = (_: unknown): void => {}
  const pending = answers.read(
    'things',
    'slow',
    minute,
    createRequestCache(),
    () => new Promise((resolve) => (answer = resolve)),
  )
  await read('other')
  answer('late')
  expect((await pending).value).toBe('late')
})

test('concurrent reads share one load, and all of them receive its rejection', async () => {
  const { read, answers } = open({ maxEntries: 1, maxBytes: 1_000_000 })
  let deny = (_: Problem): void => {}
  const ask = () => new Promise((_, reject) => (deny = reject))
  const early = answers.read('things', 'a', minute, createRequestCache(), ask)
  await read('b')
  const delayed = read('a')
  deny(new Problem('unknown-property'))
  await expect(early).rejects.toThrow('unknown-property')
  await expect(delayed).rejects.toThrow('unknown-property')
  expect((await read('a')).source).toEqual(miss)
})

test('cached values are immutable', async () => {
  const { read } = open()
  const { value } = await read('list', [{ source: { record: { beds: 2 } } }])
  const [element] = value as [{ source: { record: { beds: number } } }]
  expect(() => (value as unknown[]).pop()).toThrow(TypeError)
  expect(() => Object.assign(element.source.record, { beds: 9 })).toThrow(TypeError)
})

test('the age of a value counts from the start of its load', async () => {
  const { answers, pass } = open()
  const slow = async () => {
    pass(50)
    return 'slow'
  }
  expect((await answers.read('things', 'a', minute, createRequestCache(), slow)).ageMs).toBe(50_000)
  pass(9.999)
  expect((await answers.read('things', 'a', minute, createRequestCache(), slow)).source.kind).toBe('hit')
  pass(0.001)
  expect((await answers.read('things', 'a', minute, createRequestCache(), slow)).source.kind).toBe('miss')
})

test('a value that took long to load expires as early as one that loaded immediately', async () => {
  const { answers, pass } = open()
  const read = (ask: () => Promise<unknown>) =>
    answers.read('things', 'a', { freshMs: 60_000, staleMs: 900_000 }, createRequestCache(), ask)
  const fail = () => Promise.reject(new Problem('upstream-timeout'))
  await read(async () => {
    pass(50)
    return 'slow'
  })
  pass(850)
  expect(await read(fail)).toMatchObject({ value: 'slow', ageMs: 900_000 })
  pass(0.001)
  await expect(read(fail)).rejects.toThrow('upstream-timeout')
})

test('one request loads nothing twice, and each read uses its own freshness', async () => {
  const { answers, pass } = open()
  const reading = { ...createRequestCache(true) }
  await answers.read('things', 'a', { ...minute, freshMs: 300_000 }, reading, async () => 1)
  pass(1)
  const again = await answers.read('things', 'a', minute, reading, async () => 2)
  expect(again).toMatchObject({ value: 1, freshMs: 60_000, source: miss })
})

test('an internal error is not an outage, so no stale value is used', async () => {
  const { answers, pass } = open()
  const read = (ask: () => Promise<unknown>) =>
    answers.read('things', 'a', { freshMs: 60_000, staleMs: 900_000 }, createRequestCache(), ask)
  await read(async () => 1)
  pass(61)
  await expect(read(() => Promise.reject(new TypeError('defect')))).rejects.toThrow('defect')
  await expect(read(() => Promise.reject(new Problem('upstream-timeout')))).rejects.toThrow('upstream-timeout')
})

test('tenants share neither entries nor capacity', async () => {
  const clients = { north: { getProperty: async () => 'north' }, south: { getProperty: async () => 'south' } }
  const getSpacio = (tenant: string) => clients[tenant as 'north'] as never
  const { now } = createClock()
  const reads = createCachedSpacio({ getSpacio }, () => now().getTime())
  await reads.getProperty('north', 1, createRequestCache())
  for (let sid = 1; sid < 11_000; sid++) await reads.getProperty('south', sid, createRequestCache())
  const kept = await reads.getProperty('north', 1, createRequestCache())
  expect([kept.value, kept.source.kind]).toEqual(['north', 'hit'])
})
