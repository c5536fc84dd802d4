import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createLeadFilter } from '#src/gateway/leads/filter-fields.ts'
import type { LeadRow } from '#src/gateway/leads/reader.ts'
import { createFragment } from '#src/json/fragment.ts'
import type { Condition } from '#src/query/conditions.ts'

const emails = ['a@example.com', 'b@example.com', null]

/** Leads that are held as text, and count how often they are parsed. */
const createRows = (length: number) => {
  let reads = 0
  const rows = Array.from({ length }, (_, index): LeadRow => {
    const lead = { hasAgent: index % 2 === 0, hasFinancing: null, agentEmail: emails[index % 3], sid: index }
    const text = {
      toString: () => {
        reads += 1
        return JSON.stringify(lead)
      },
    } as unknown as Buffer
    return createFragment(
      String(index),
      null,
      { wire: text, text, textEnd: 0, hasPageSuffix: false },
      0,
      0,
      0,
      0,
    ) as LeadRow
  })
  return { rows, reads: () => reads }
}

const equals = (field: string, ...values: Condition['values']): Condition => ({ field, operator: 'eq', values })

test('each lead of a list is read once, however often and differently the list is filtered', async () => {
  const { rows, reads } = createRows(1_200)
  const filter = createLeadFilter()
  const both = await Promise.all([
    filter(rows, [equals('hasAgent', true)]),
    filter(rows, [equals('agentEmail', 'b@example.com')]),
  ])
  const again = await filter(rows, [equals('hasAgent', false), equals('hasFinancing', 'null')])
  expect([...both, again].map(({ length }) => length)).toEqual([600, 400, 600])
  expect(await filter(rows, [equals('sid', 7)])).toEqual([rows[7]])
  expect(reads()).toBe(1_200)
})

test('without a condition nothing is read', async () => {
  const { rows, reads } = createRows(10)
  expect(await createLeadFilter()(rows, [])).toBe(rows)
  expect(reads()).toBe(0)
})

test('rows that are objects are filtered as they are', async () => {
  const rows = [{ hasAgent: true }, { hasAgent: false }] as unknown as LeadRow[]
  expect(await createLeadFilter()(rows, [equals('hasAgent', true)])).toEqual([rows[0]])
})

test('another list is read by itself', async () => {
  const filter = createLeadFilter()
  const [one, two] = [createRows(10), createRows(20)]
  await filter(one.rows, [equals('hasAgent', true)])
  expect(await filter(two.rows, [equals('hasAgent', true)])).toHaveLength(10)
})

test('a long list is read in several turns of the event loop', async () => {
  const { rows, reads } = createRows(10_000)
  const filtering = createLeadFilter()(rows, [equals('hasAgent', true)])
  const readInTurn: number[] = []
  for (let before = 0; before < 10_000; before = reads()) {
    readInTurn.push(reads() - before)
    await nextTurn()
  }
  expect(await filtering).toHaveLength(5_000)
  expect(reads()).toBe(10_000)
  expect(readInTurn.length).toBeGreaterThan(5)
})
