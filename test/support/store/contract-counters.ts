import { describe, expect, test } from 'vitest'
import type { Store } from '#src/store/store.ts'
import type { Open } from './contract.ts'
import { hostileTexts } from './hostile-texts.ts'

const hour = 3_600_000

/** Draws random amounts one after the other, and returns the sum of the grants. */
const drawOften = async (store: Store, times: number, cap: number): Promise<number> => {
  let granted = 0
  for (let index = 0; index < times; index += 1) {
    const amount = 1 + Math.floor(Math.random() * 20)
    const part = await store.draw('budget', amount, cap, hour)
    expect(part >= 0 && part <= amount).toBe(true)
    granted += part
  }
  return granted
}

const describeLimits = (open: Open): void => {
  test('grants what is left, then nothing', async () => {
    const { store } = await open()
    expect(await store.getDrawn('budget')).toBe(0)
    expect(await store.draw('budget', 7, 10, hour)).toBe(7)
    expect(await store.draw('budget', 7, 10, hour)).toBe(3)
    expect(await store.draw('budget', 7, 10, hour)).toBe(0)
    expect(await store.getDrawn('budget')).toBe(10)
  })

  test('the cap may differ from draw to draw, and a lower one takes nothing back', async () => {
    const { store } = await open()
    expect(await store.draw('budget', 8, 10, hour)).toBe(8)
    expect(await store.draw('budget', 1, 5, hour)).toBe(0)
    expect(await store.draw('budget', 9, 12, hour)).toBe(4)
    expect(await store.getDrawn('budget')).toBe(12)
  })

  test.each([0, -1, -1000, Number.NaN, 0.9])('a draw of %d grants and returns nothing', async (amount) => {
    const { store } = await open()
    expect(await store.draw('budget', amount, 10, hour)).toBe(0)
    expect(await store.draw('budget', 6, 10, hour)).toBe(6)
    expect(await store.draw('budget', amount, 10, hour)).toBe(0)
    expect(await store.getDrawn('budget')).toBe(6)
  })

  test('amounts and caps are whole, and large ones exact', async () => {
    const { store } = await open()
    expect(await store.draw('fractions', 2.7, 3.9, hour)).toBe(2)
    expect(await store.draw('fractions', 2.7, 3.9, hour)).toBe(1)
    const large = Number.MAX_SAFE_INTEGER
    expect(await store.draw('large', large - 2, large, hour)).toBe(large - 2)
    expect(await store.draw('large', Number.POSITIVE_INFINITY, large, hour)).toBe(2)
    expect(await store.getDrawn('large')).toBe(large)
  })

  test('counters are apart from one another and from values, whatever their names', async () => {
    const { store } = await open()
    for (const [index, text] of hostileTexts.entries()) {
      await store.set(text, 'value')
      expect(await store.draw(text, index + 1, 1000, hour)).toBe(index + 1)
    }
    for (const [index, text] of hostileTexts.entries()) {
      expect(await store.getDrawn(text)).toBe(index + 1)
      expect(await store.get(text)).toBe('value')
    }
  })
}

export const describeCounters = (open: Open): void => {
  describe('counters', () => {
    describeLimits(open)

    test('a counter is forgotten its time after the first draw, not the last', async () => {
      const { store, pass, unit } = await open()
      await store.draw('budget', 6, 10, 1000 * unit)
      await pass(999 * unit)
      expect(await store.draw('budget', 6, 10, 1000 * unit)).toBe(4)
      await pass(unit)
      expect(await store.getDrawn('budget')).toBe(0)
      expect(await store.draw('budget', 6, 10, 1000 * unit)).toBe(6)
      await pass(999 * unit)
      expect(await store.getDrawn('budget')).toBe(6)
    })

    test('a draw without a grant creates no counter', async () => {
      const { store, pass, unit } = await open()
      expect(await store.draw('budget', 5, 0, 1000 * unit)).toBe(0)
      await pass(500 * unit)
      await store.draw('budget', 5, 10, 1000 * unit)
      await pass(999 * unit)
      expect(await store.getDrawn('budget')).toBe(5)
    })

    test('13,000 concurrent draws of random amounts from several replicas grant exactly the cap', async () => {
      const { store, another } = await open()
      const replicas = [store, another(), another(), another()]
      const callers = Array.from({ length: 130 }, (_, index) =>
        drawOften(replicas[index % replicas.length] as Store, 100, 12_000),
      )
      const granted = await Promise.all(callers)
      expect(granted.reduce((sum, part) => sum + part, 0)).toBe(12_000)
      expect(await store.getDrawn('budget')).toBe(12_000)
    })
  })
}
