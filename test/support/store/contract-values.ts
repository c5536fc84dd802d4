import { describe, expect, test } from 'vitest'
import type { Open } from './contract.ts'
import { describeConditions } from './contract-conditions.ts'
import { describeExchanges } from './contract-exchanges.ts'
import { hostileTexts } from './hostile-texts.ts'

const describeTimes = (open: Open): void => {
  test('a value with an expiry expires, one without stays', async () => {
    const { store, pass, unit } = await open()
    await store.set('short', 'a', 1000 * unit)
    await store.set('long', 'b')
    await pass(999 * unit)
    expect(await store.get('short')).toBe('a')
    await pass(unit)
    expect(await store.get('short')).toBeNull()
    await pass(10 * 365 * 86_400_000 * unit)
    await store.set('other', 'c')
    expect(await store.get('short')).toBeNull()
    expect(await store.get('long')).toBe('b')
  })

  test('writing again replaces the expiry as well', async () => {
    const { store, pass, unit } = await open()
    await store.set('key', 'a', 1000 * unit)
    await store.set('key', 'b', 5000 * unit)
    await pass(4999 * unit)
    expect(await store.get('key')).toBe('b')
    await store.set('key', 'c')
    await pass(1_000_000 * unit)
    expect(await store.get('key')).toBe('c')
    await store.set('key', 'd', 10 * unit)
    await pass(10 * unit)
    expect(await store.get('key')).toBeNull()
  })

  test('a time of a fraction of a millisecond is a time', async () => {
    const { store, pass, unit } = await open()
    await store.set('key', 'a', 0.25)
    // With a real clock, it has expired by now.
    if (unit === 1) expect(await store.get('key')).toBe('a')
    await pass(unit)
    expect(await store.get('key')).toBeNull()
  })

  test('many expired values do not get in the way', async () => {
    const { store, pass, unit } = await open()
    for (let index = 0; index < 500; index += 1) await store.set(`key-${index}`, 'a', 1000 * unit)
    await pass(120_000 * unit)
    expect(await store.setIfAbsent('key-7', 'b')).toBe(true)
    expect(await store.get('key-7')).toBe('b')
    expect(await store.get('key-8')).toBeNull()
  })
}

export const describeValues = (open: Open): void => {
  describe('values', () => {
    describeTimes(open)
    describeConditions(open)
    describeExchanges(open)

    test('malicious keys and values are returned unchanged, each one separate', async () => {
      const { store, unit } = await open()
      for (const text of hostileTexts) expect(await store.setIfAbsent(text, `of ${text}`)).toBe(true)
      for (const text of hostileTexts) expect(await store.get(text)).toBe(`of ${text}`)
      for (const text of hostileTexts) await store.set(text, text, 1000 * unit)
      for (const text of hostileTexts) {
        expect(await store.get(text)).toBe(text)
        expect(await store.extendIfEqual(text, `${text}.`, 1000 * unit)).toBe(false)
        expect(await store.extendIfEqual(text, text, 1000 * unit)).toBe(true)
        expect(await store.deleteIfEqual(text, `${text}.`)).toBe(false)
        expect(await store.replaceIfEqual(text, `${text}.`, 'other')).toBe(false)
        expect(await store.replaceIfEqual(text, text, `${text}.`)).toBe(true)
        expect(await store.deleteIfEqual(text, `${text}.`)).toBe(true)
        await store.set(text, text)
        expect(await store.take(text)).toBe(text)
      }
    })

    test('values and logs of one name are apart', async () => {
      const { store } = await open()
      await store.set('name', 'a')
      expect(await store.getLogState('name')).toBeNull()
      await store.appendNew('name', [{ id: 'x', createdAt: 1 }], 1)
      expect(await store.get('name')).toBe('a')
    })

    test('closing twice has no further effect', async () => {
      const { store } = await open()
      await store.close()
      await store.close()
    })
  })
}
