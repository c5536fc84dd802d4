import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Store } from '#src/store/store.ts'
import type { OpenEmpty } from './contract.ts'

const name = fc.constantFrom('a', 'b')
const value = fc.constantFrom('', 'one', 'two')
const amount = fc.integer({ min: -2, max: 9 })

type Step = (store: Store, model: Model) => Promise<void>

/** A simple model of the contract. */
interface Model {
  prefix: string
  records: Record<string, string>
  drawn: Record<string, number>
}

const at = <T>(table: Record<string, T>, key: string): T | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined

const put = fc.tuple(name, value).map(
  ([id, text]): Step =>
    async (store, { prefix, records }) => {
      await store.putRecord(prefix, id, text)
      records[id] = text
    },
)

const replace = fc.tuple(name, value, value).map(
  ([id, expected, text]): Step =>
    async (store, { prefix, records }) => {
      const fits = at(records, id) === expected
      expect(await store.replaceRecord(prefix, id, expected, text)).toBe(fits)
      if (fits) records[id] = text
    },
)

const remove = name.map(
  (id): Step =>
    async (store, { prefix, records }) => {
      expect(await store.removeRecord(prefix, id)).toBe(at(records, id) !== undefined)
      delete records[id]
    },
)

const list = fc.constant<Step>(async (store, { prefix, records }) => {
  expect(Object.fromEntries(await store.listRecords(prefix))).toEqual(records)
})

const draw = fc.tuple(name, amount, amount).map(
  ([id, size, cap]): Step =>
    async (store, { prefix, drawn }) => {
      const before = at(drawn, id) ?? 0
      const left = cap > before ? cap - before : 0
      const granted = size <= 0 ? 0 : size < left ? size : left
      expect(await store.draw(prefix + id, size, cap, 3_600_000)).toBe(granted)
      drawn[id] = before + granted
      expect(await store.getDrawn(prefix + id)).toBe(drawn[id])
    },
)

export const describeModel = (openEmpty: OpenEmpty): void =>
  test('for any steps, records and counters behave like the model', async () => {
    const store = await openEmpty()
    let runs = 0
    const steps = fc.array(fc.oneof(put, replace, remove, list, draw), { maxLength: 25 })
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        runs += 1
        const model: Model = { prefix: `run-${runs}-`, records: {}, drawn: {} }
        for (const step of all) await step(store, model)
      }),
    )
  })
