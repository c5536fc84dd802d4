import { expect, test } from 'vitest'
import type { Open } from './contract.ts'

const describeReplacements = (open: Open): void => {
  test('replaceIfEqual takes the place of its own value only', async () => {
    const { store } = await open()
    expect(await store.replaceIfEqual('state', 'a', 'b')).toBe(false)
    expect(await store.get('state')).toBeNull()
    await store.set('state', 'a')
    expect(await store.replaceIfEqual('state', 'A', 'b')).toBe(false)
    expect(await store.replaceIfEqual('state', 'a', 'b')).toBe(true)
    expect(await store.replaceIfEqual('state', 'a', 'c')).toBe(false)
    expect(await store.get('state')).toBe('b')
  })

  test('replaceIfEqual replaces the time as well, and without one keeps for good', async () => {
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

  test('of 50 that replace the same value at once one did', async () => {
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
  test('take gives a value once', async () => {
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

  test('of 50 that take the same value at once one receives it', async () => {
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
