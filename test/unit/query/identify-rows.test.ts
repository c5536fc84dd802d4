import { expect, test } from 'vitest'
import type { Problem } from '#src/problems.ts'
import { createRowIdentifier, joinPages, type ListPage } from '#src/query/join-pages.ts'

interface Row {
  id: string | null
  note?: string
}

const identify = createRowIdentifier<Row>(
  ({ id }) => id,
  (row) => JSON.stringify(row),
)

const [a, b]: [Row, Row] = [{ id: 'a' }, { id: 'b' }]

test('a row is identified by its key, alone or beside other rows, so that it is found again on another page', () => {
  expect(identify([a, b])).toEqual(['a', 'b'])
  expect(identify([a, b, { id: null }]).slice(0, 2)).toEqual(['a', 'b'])
  expect(identify([a, b, { id: 'b', note: 'other' }]).slice(0, 2)).toEqual(['a', 'b'])
})

test('the same row twice on a page is one row; a row of the same key and another content is another row', () => {
  const [first, second, other, again] = identify([a, a, { id: 'a', note: 'x' }, { id: 'a', note: 'x' }])
  expect([first, second]).toEqual(['a', 'a'])
  expect(other).not.toBe(first)
  expect(again).toBe(other)
  expect(identify([a, { id: 'a', note: 'x' }, { id: 'a', note: 'y' }])[1]).not.toBe(
    identify([a, { id: 'a', note: 'y' }])[1],
  )
})

test('rows without a key are as many rows as there are, and the same ones on a page that is read again', () => {
  const rows: Row[] = [{ id: null }, { id: null }, { id: null, note: 'x' }, { id: null, note: 'x' }, { id: null }]
  expect(new Set(identify(rows)).size).toBe(5)
  expect(identify(rows)).toEqual(identify(rows))
  expect(new Set([...identify([{ id: null }]), ...identify([{ id: null, note: 'x' }])]).size).toBe(2)
})

const joined = (pages: ListPage<Row>[], part: { skip?: number; limit?: number } = {}) =>
  joinPages<Row, ListPage<Row>>({
    ...part,
    identify,
    readPages: async function* () {
      yield* pages
    },
    createInconsistency: (reason) => new Error(reason) as Problem,
  })

const page = (rows: Row[], total: number, fault: string | null = null) => ({ rows, total, fault })

test.for<[string, ListPage<Row>[]]>([
  ['wrong', [page([a], 1, 'wrong')]],
  ['the total fell from 2 to 1 while it was read', [page([a], 2), page([b], 1)]],
  ['a row is on two pages although none has arrived', [page([a], 2), page([a], 2)]],
  ['a row is on one page twice', [page([a, a], 3), page([b], 3)]],
  ['3 rows claimed, 2 found', [page([a, b], 3)]],
])('a list that cannot be joined says why: %s', async ([reason, pages]) => {
  const part = reason.includes('one page') ? { limit: 2 } : {}
  await expect(joined(pages, part)).rejects.toThrow(reason)
})

test('a doubled row counts once if the limit equals the length of the list', async () => {
  expect((await joined([page([a, a, b], 3)], { limit: 3 })).rows).toEqual([a, b])
  await expect(joined([page([a, a, b], 3)], { limit: 2 })).rejects.toThrow('a row is on one page twice')
})
