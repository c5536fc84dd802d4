import { expect, test } from 'vitest'
import type { Open } from './contract.ts'

const describeReplacements = (open: Open): void => {
  test('replaceIfEqual replaces only the given value', async () => {
    const { store } = await open()
    expect(await store.replaceIfEqual('state', 'a', 'b')).toBe(false)
    expect(await store.get('state')).toBeNull()
    await store.set('state', 'a')
    expect(await store.replaceIfEqual('state', 'A', 'b')).toBe(false)
    expect(await store.replaceIfEqual('state', 'a', 'b')).toBe(true)
    expect(await store.replaceIfEqual('state', 'a', 'c')).toBe(false)
    expect(await store.get('state')).toBe('b')
  })

  test('replaceIfEqual also replaces the expiry, and without one the value is permanent', async () => {
    const { store, pass, unit } = await open()
    await store.set('state', 'a', 1000 * unit)
    await store.replaceIfEqual('state', 'a', 'b', 5000 * unit)
    await pass(4999 * unit)
    expect(await store.get('state')).toBe('b')
    expect(await store.replaceIfEqual('state', 'b', 'c', 10 * unit)).toBe(true)
    await pass(10 * unit)
    expect(await store.replaceIfEqual('state', 'c', 'd')).toBe(false)
    await store.set('state', 'a', 1000 * unit)
    await store.replaceIfEqual('state', 'a', 'a')
    await pass(1_000_000 * unit)
    expect(await store.get('state')).toBe('a')
  })

  test('of 50 that replace the same value concurrently, one succeeds', async () => {
    const { store, another } = await open()
    const replicas = [store, another()]
    await store.set('state', 'free')
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, index) => replicas[index % 2]?.replaceIfEqual('state', 'free', `${index}`)),
    )
    expect(outcomes.filter(Boolean)).toHaveLength(1)
    expect(await store.get('state')).toBe(`${outcomes.indexOf(true)}`)
  })
}

const describeTakes = (open: Open): void => {
  test('take returns a value once', async () => {
    const { store, pass, unit } = await open()
    expect(await store.take('ticket')).toBeNull()
    await store.set('ticket', 'a', 1000 * unit)
    expect(await store.take('ticket')).toBe('a')
    expect(await store.take('ticket')).toBeNull()
    expect(await store.get('ticket')).toBeNull()
    await store.set('ticket', 'b', 1000 * unit)
    await pass(1000 * unit)
    expect(await store.take('ticket')).toBeNull()
  })

  test('of 50 that take the same value concurrently, one receives it', async () => {
    const { store, another } = await open()
    const replicas = [store, another()]
    await store.set('ticket', 'once')
    const taken = await Promise.all(Array.from({ length: 50 }, (_, index) => replicas[index % 2]?.take('ticket')))
    expect(taken.filter((value) => value !== null)).toEqual(['once'])
  })
}

export const describeExchanges = (open: Open): void => {
  describeReplacements(open)
  describeTakes(open)
}
