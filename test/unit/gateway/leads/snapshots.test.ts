import { expect, test } from 'vitest'
import { createSnapshots } from '#src/gateway/leads/snapshots.ts'

const now = () => new Date(0)

const list =
  (name: string, length = 10) =>
  async () =>
    Array.from({ length }, () => ({ name }))

const never = async (): Promise<{ name: string }[]> => [{ name: 'collected again' }]

test('later pages use the list of the first page', async () => {
  const snapshots = createSnapshots<{ name: string }>(now)
  await snapshots.getOrCollect('a', ['x'], 0, list('first'))
  expect((await snapshots.getOrCollect('a', ['x'], 10, never))[0]?.name).toBe('first')
})

test('tenants neither share lists nor evict the lists of others', async () => {
  const snapshots = createSnapshots<{ name: string }>(now, {
    maxLists: 2,
    maxBytes: 1_000_000,
    maxProcessBytes: 10_000_000,
  })
  await snapshots.getOrCollect('a', ['x'], 0, list('of a'))
  for (const key of ['x', 'y', 'z']) await snapshots.getOrCollect('b', [key], 0, list('of b'))
  expect((await snapshots.getOrCollect('a', ['x'], 10, never))[0]?.name).toBe('of a')
  expect((await snapshots.getOrCollect('b', ['x'], 10, never))[0]?.name).toBe('collected again')
})

test('the size is limited: an oversized list is returned but not cached', async () => {
  const snapshots = createSnapshots<{ name: string }>(now, { maxLists: 10, maxBytes: 10_000, maxProcessBytes: 100_000 })
  expect(await snapshots.getOrCollect('a', ['large'], 0, list('x'.repeat(100), 100))).toHaveLength(100)
  expect((await snapshots.getOrCollect('a', ['large'], 10, never))[0]?.name).toBe('collected again')
  await snapshots.getOrCollect('a', ['small'], 0, list('small'))
  expect((await snapshots.getOrCollect('a', ['small'], 10, never))[0]?.name).toBe('small')
})

test('the total size is limited: the largest tenants lose their oldest list', async () => {
  const snapshots = createSnapshots<{ name: string }>(now, { maxLists: 10, maxBytes: 10_000, maxProcessBytes: 10_000 })
  const large = list('x'.repeat(100), 17)
  await snapshots.getOrCollect('small', ['x'], 0, list('of small'))
  await snapshots.getOrCollect('large', ['first'], 0, large)
  await snapshots.getOrCollect('large', ['second'], 0, large)
  await snapshots.getOrCollect('other', ['x'], 0, large)
  const isHeld = async (tenant: string, key: string) =>
    (await snapshots.getOrCollect(tenant, [key], 10, never))[0]?.name !== 'collected again'
  expect(await isHeld('small', 'x')).toBe(true)
  expect(await isHeld('large', 'second')).toBe(true)
  expect(await isHeld('other', 'x')).toBe(true)
  expect(await isHeld('large', 'first')).toBe(false)
})
