import { expect, test } from 'vitest'
import { createSnapshots } from '#src/gateway/leads/snapshots.ts'

const now = () => new Date(0)

const list =
  (name: string, length = 10) =>
  async () =>
    Array.from({ length }, () => ({ name }))

const never = async (): Promise<{ name: string }[]> => [{ name: 'collected again' }]

test('a later page takes what the first one saw', async () => {
  const snapshots = createSnapshots<{ name: string }>(now)
  await snapshots.of('a', ['x'], 0, list('first'))
  expect((await snapshots.of('a', ['x'], 10, never))[0]?.name).toBe('first')
})

test('one tenant’s lists are not another’s, and push none of theirs out', async () => {
  const snapshots = createSnapshots<{ name: string }>(now, { lists: 2, bytes: 1_000_000, processBytes: 10_000_000 })
  await snapshots.of('a', ['x'], 0, list('of a'))
  for (const key of ['x', 'y', 'z']) await snapshots.of('b', [key], 0, list('of b'))
  expect((await snapshots.of('a', ['x'], 10, never))[0]?.name).toBe('of a')
  expect((await snapshots.of('b', ['x'], 10, never))[0]?.name).toBe('collected again')
})

test('bytes are bounded: a list that is too large is given, but not kept', async () => {
  const snapshots = createSnapshots<{ name: string }>(now, { lists: 10, bytes: 10_000, processBytes: 100_000 })
  expect(await snapshots.of('a', ['large'], 0, list('x'.repeat(100), 100))).toHaveLength(100)
  expect((await snapshots.of('a', ['large'], 10, never))[0]?.name).toBe('collected again')
  await snapshots.of('a', ['small'], 0, list('small'))
  expect((await snapshots.of('a', ['small'], 10, never))[0]?.name).toBe('small')
})

test('bytes are bounded for all tenants together: those who hold the most lose their oldest list', async () => {
  const snapshots = createSnapshots<{ name: string }>(now, { lists: 10, bytes: 10_000, processBytes: 10_000 })
  const large = list('x'.repeat(100), 17)
  await snapshots.of('small', ['x'], 0, list('of small'))
  await snapshots.of('large', ['first'], 0, large)
  await snapshots.of('large', ['second'], 0, large)
  await snapshots.of('other', ['x'], 0, large)
  const isHeld = async (tenant: string, key: string) =>
    (await snapshots.of(tenant, [key], 10, never))[0]?.name !== 'collected again'
  expect(await isHeld('small', 'x')).toBe(true)
  expect(await isHeld('large', 'second')).toBe(true)
  expect(await isHeld('other', 'x')).toBe(true)
  expect(await isHeld('large', 'first')).toBe(false)
})
