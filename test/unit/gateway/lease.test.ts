import { expect, test } from 'vitest'
import { createLease } from '#src/gateway/lease.ts'
import { createMemoryStore } from '#src/store/memory/index.ts'

const open = () => {
  const clock = { time: 0 }
  const store = createMemoryStore(() => clock.time)
  return { clock, store, create: () => createLease(store, 'a lease', 1_000) }
}

test('only one owner holds a lease, until it releases it', async () => {
  const { create } = open()
  const [one, other] = [create(), create()]
  expect([await one.take(), await other.take(), await other.renew()]).toEqual([true, false, false])
  await other.release()
  expect(await one.renew()).toBe(true)
  await one.release()
  expect(await other.take()).toBe(true)
})

test('a lease expires unless its owner renews it', async () => {
  const { clock, create } = open()
  const [one, other] = [create(), create()]
  await one.take()
  clock.time = 999
  await one.renew()
  clock.time = 1_998
  expect(await other.take()).toBe(false)
  clock.time = 1_999
  expect([await one.renew(), await other.take()]).toEqual([false, true])
})

test('a release while the store is unavailable does not throw', async () => {
  const { store } = open()
  const lease = createLease({ ...store, deleteIfEqual: () => Promise.reject(new Error('lost')) }, 'a lease', 1_000)
  await lease.take()
  await expect(lease.release()).resolves.toBeUndefined()
})
