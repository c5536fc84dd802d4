import { expect, test } from 'vitest'
import type { Open } from './contract.ts'

export const describeConditions = (open: Open): void => {
  test('setIfAbsent leaves a value and its time alone, and takes the place of an expired one', async () => {
    const { store, pass, unit } = await open()
    expect(await store.setIfAbsent('key', 'a', 1000 * unit)).toBe(true)
    expect(await store.setIfAbsent('key', 'b', 9000 * unit)).toBe(false)
    expect(await store.setIfAbsent('key', 'a')).toBe(false)
    expect(await store.get('key')).toBe('a')
    await pass(1000 * unit)
    expect(await store.setIfAbsent('key', 'c')).toBe(true)
    await pass(1_000_000 * unit)
    expect(await store.setIfAbsent('key', 'd', unit)).toBe(false)
    expect(await store.get('key')).toBe('c')
  })

  test('of 50 concurrent callers, one sets the value', async () => {
    const { store, unit } = await open()
    const attempts = Array.from({ length: 50 }, (_, index) => store.setIfAbsent('lock', `${index}`, 1000 * unit))
    const outcomes = await Promise.all(attempts)
    expect(outcomes.filter(Boolean)).toHaveLength(1)
    expect(await store.get('lock')).toBe(`${outcomes.indexOf(true)}`)
  })

  test('extendIfEqual renews the time of its own value only', async () => {
    const { store, pass, unit } = await open()
    await store.set('lock', 'mine', 1000 * unit)
    expect(await store.extendIfEqual('lock', 'other', 9000 * unit)).toBe(false)
    expect(await store.extendIfEqual('none', 'mine', 9000 * unit)).toBe(false)
    await pass(999 * unit)
    expect(await store.extendIfEqual('lock', 'mine', 1000 * unit)).toBe(true)
    await pass(999 * unit)
    expect(await store.get('lock')).toBe('mine')
    await pass(unit)
    expect(await store.extendIfEqual('lock', 'mine', 1000 * unit)).toBe(false)
    expect(await store.get('lock')).toBeNull()
  })

  test('deleteIfEqual deletes its own value only', async () => {
    const { store, pass, unit } = await open()
    await store.set('lock', 'mine', 1000 * unit)
    expect(await store.deleteIfEqual('lock', 'other')).toBe(false)
    expect(await store.deleteIfEqual('none', 'mine')).toBe(false)
    expect(await store.get('lock')).toBe('mine')
    expect(await store.deleteIfEqual('lock', 'mine')).toBe(true)
    expect(await store.get('lock')).toBeNull()
    expect(await store.deleteIfEqual('lock', 'mine')).toBe(false)
    await store.set('lock', 'mine', 1000 * unit)
    await pass(1000 * unit)
    expect(await store.deleteIfEqual('lock', 'mine')).toBe(false)
  })

  test('of 50 that delete the same value concurrently, one succeeds', async () => {
    const { store } = await open()
    await store.set('state', 'once')
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => store.deleteIfEqual('state', 'once')))
    expect(outcomes.filter(Boolean)).toHaveLength(1)
  })
}
