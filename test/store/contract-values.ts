import { describe, expect, test } from 'vitest'
import type { Store } from '#src/store/port.ts'
import type { OpenEmpty } from './contract.ts'
import { hostileTexts } from './hostile-texts.ts'

const openWithClock = async (openEmpty: OpenEmpty): Promise<{ store: Store; clock: { now: number } }> => {
  const clock = { now: 1_700_000_000_000 }
  return { store: await openEmpty(() => clock.now), clock }
}

const describeTimes = (openEmpty: OpenEmpty): void => {
  test('a value with a time is gone when its time is over, one without stays', async () => {
    const { store, clock } = await openWithClock(openEmpty)
    await store.set('short', 'a', 1000)
    await store.set('long', 'b')
    clock.now += 999
    expect(await store.get('short')).toBe('a')
    clock.now += 1
    expect(await store.get('short')).toBeNull()
    clock.now += 10 * 365 * 86_400_000
    await store.set('other', 'c')
    expect(await store.get('short')).toBeNull()
    expect(await store.get('long')).toBe('b')
  })

  test('writing anew replaces the time as well', async () => {
    const { store, clock } = await openWithClock(openEmpty)
    await store.set('key', 'a', 1000)
    await store.set('key', 'b', 5000)
    clock.now += 4999
    expect(await store.get('key')).toBe('b')
    await store.set('key', 'c')
    clock.now += 1_000_000
    expect(await store.get('key')).toBe('c')
    await store.set('key', 'd', 10)
    clock.now += 10
    expect(await store.get('key')).toBeNull()
  })

  test('a time of a fraction of a millisecond is a time', async () => {
    const { store, clock } = await openWithClock(openEmpty)
    await store.set('key', 'a', 0.25)
    expect(await store.get('key')).toBe('a')
    clock.now += 1
    expect(await store.get('key')).toBeNull()
  })

  test('many expired values do not get in the way', async () => {
    const { store, clock } = await openWithClock(openEmpty)
    for (let index = 0; index < 500; index += 1) await store.set(`key-${index}`, 'a', 1000)
    clock.now += 120_000
    expect(await store.setIfAbsent('key-7', 'b')).toBe(true)
    expect(await store.get('key-7')).toBe('b')
    expect(await store.get('key-8')).toBeNull()
  })
}

const describeConditions = (openEmpty: OpenEmpty): void => {
  test('setIfAbsent leaves a value and its time alone, and takes the place of an expired one', async () => {
    const { store, clock } = await openWithClock(openEmpty)
    expect(await store.setIfAbsent('key', 'a', 1000)).toBe(true)
    expect(await store.setIfAbsent('key', 'b', 9000)).toBe(false)
    expect(await store.setIfAbsent('key', 'a')).toBe(false)
    expect(await store.get('key')).toBe('a')
    clock.now += 1000
    expect(await store.setIfAbsent('key', 'c')).toBe(true)
    clock.now += 1_000_000
    expect(await store.setIfAbsent('key', 'd', 1)).toBe(false)
    expect(await store.get('key')).toBe('c')
  })

  test('of 50 at once one sets', async () => {
    const { store } = await openWithClock(openEmpty)
    const attempts = Array.from({ length: 50 }, (_, index) => store.setIfAbsent('lock', `${index}`, 1000))
    const outcomes = await Promise.all(attempts)
    expect(outcomes.filter(Boolean)).toHaveLength(1)
    expect(await store.get('lock')).toBe(`${outcomes.indexOf(true)}`)
  })

  test('extendIfEqual renews the time of its own value only', async () => {
    const { store, clock } = await openWithClock(openEmpty)
    await store.set('lock', 'mine', 1000)
    expect(await store.extendIfEqual('lock', 'other', 9000)).toBe(false)
    expect(await store.extendIfEqual('none', 'mine', 9000)).toBe(false)
    clock.now += 999
    expect(await store.extendIfEqual('lock', 'mine', 1000)).toBe(true)
    clock.now += 999
    expect(await store.get('lock')).toBe('mine')
    clock.now += 1
    expect(await store.extendIfEqual('lock', 'mine', 1000)).toBe(false)
    expect(await store.get('lock')).toBeNull()
  })

  test('deleteIfEqual deletes its own value only', async () => {
    const { store, clock } = await openWithClock(openEmpty)
    await store.set('lock', 'mine', 1000)
    expect(await store.deleteIfEqual('lock', 'other')).toBe(false)
    expect(await store.deleteIfEqual('none', 'mine')).toBe(false)
    expect(await store.get('lock')).toBe('mine')
    expect(await store.deleteIfEqual('lock', 'mine')).toBe(true)
    expect(await store.get('lock')).toBeNull()
    expect(await store.deleteIfEqual('lock', 'mine')).toBe(false)
    await store.set('lock', 'mine', 1000)
    clock.now += 1000
    expect(await store.deleteIfEqual('lock', 'mine')).toBe(false)
  })

  test('of 50 that delete the same value at once one did', async () => {
    const { store } = await openWithClock(openEmpty)
    await store.set('state', 'once')
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => store.deleteIfEqual('state', 'once')))
    expect(outcomes.filter(Boolean)).toHaveLength(1)
  })
}

export const describeValues = (openEmpty: OpenEmpty): void => {
  describe('values', () => {
    describeTimes(openEmpty)
    describeConditions(openEmpty)

    test('hostile keys and values come back as they went in, each for itself', async () => {
      const { store } = await openWithClock(openEmpty)
      for (const text of hostileTexts) expect(await store.setIfAbsent(text, `of ${text}`)).toBe(true)
      for (const text of hostileTexts) expect(await store.get(text)).toBe(`of ${text}`)
      for (const text of hostileTexts) await store.set(text, text, 1000)
      for (const text of hostileTexts) {
        expect(await store.get(text)).toBe(text)
        expect(await store.extendIfEqual(text, `${text}.`, 1000)).toBe(false)
        expect(await store.extendIfEqual(text, text, 1000)).toBe(true)
        expect(await store.deleteIfEqual(text, `${text}.`)).toBe(false)
        expect(await store.deleteIfEqual(text, text)).toBe(true)
      }
    })

    test('values and logs of one name are apart', async () => {
      const { store } = await openWithClock(openEmpty)
      await store.set('name', 'a')
      expect(await store.logState('name')).toBeNull()
      await store.appendNew('name', [{ id: 'x', createdAt: 1 }], 1)
      expect(await store.get('name')).toBe('a')
    })

    test('closing twice is closing once', async () => {
      const { store } = await openWithClock(openEmpty)
      await store.close()
      await store.close()
    })
  })
}
