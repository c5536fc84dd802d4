import { expect, test } from 'vitest'
import { compareNewestFirst, parseSortFields } from '#src/query/order.ts'

const row = (id: string, time: string | null) => ({ id, time })

const order = compareNewestFirst<ReturnType<typeof row>>(
  ({ time }) => time,
  ({ id }) => id,
)

const rows = [
  row('d', '2026-03-03T00:00:00Z'),
  row('b', '2026-03-02T00:00:00Z'),
  row('a', '2026-03-02T00:00:00Z'),
  row('c', '2026-03-01T00:00:00Z'),
  row('f', null),
  row('e', null),
]

const getIds = (list: readonly { id: string }[]) => list.map(({ id }) => id).join('')

test('the newest comes first, equal times by descending id, unknown times last, whatever the order before', () => {
  for (let first = 0; first < rows.length; first += 1) {
    const rotated = [...rows.slice(first), ...rows.slice(0, first)]
    expect(getIds(rotated.toSorted(order))).toBe('dbacfe')
    expect(getIds(rotated.toReversed().toSorted(order))).toBe('dbacfe')
  }
})

test('an element equals only one with the same time and id, and any two others compare in opposite ways', () => {
  for (const one of rows) {
    for (const other of rows) {
      const sum = order(one, other) + order(other, one)
      expect([one.id, other.id, sum, order(one, other) === 0]).toEqual([one.id, other.id, 0, one === other])
    }
  }
  expect(order(row('a', null), row('a', null))).toBe(0)
})

test('sort names fields in order, each ascending unless a minus stands before it', () => {
  expect(parseSortFields('-listPrice,city')).toEqual([
    { field: 'listPrice', descending: true },
    { field: 'city', descending: false },
  ])
  expect(parseSortFields('a-b')).toEqual([{ field: 'a-b', descending: false }])
  expect(parseSortFields(undefined)).toEqual([])
})

test.for(['city,city', 'city,-city'])('sort=%s is rejected, because it names a field twice', (sort) => {
  expect(() => parseSortFields(sort)).toThrow(
    expect.objectContaining({
      code: 'invalid-request',
      fields: expect.objectContaining({ errors: [{ path: 'query/sort', message: 'must not contain a field twice' }] }),
    }),
  )
})
