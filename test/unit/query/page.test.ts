import { expect, test } from 'vitest'
import { getPaging, paginate } from '#src/query/page.ts'

const list = Array.from({ length: 60 }, (_, index) => index)

test('a page has the rows from an offset on, at most the limit, and the total of all rows', () => {
  expect(paginate(list, { limit: 2, offset: 3 })).toEqual({
    ...{ data: [3, 4], pagination: { total: 60, limit: 2, offset: 3 } },
  })
  expect(paginate(list, { limit: 10, offset: 55 }).data).toEqual([55, 56, 57, 58, 59])
  expect(paginate(list, { limit: 10, offset: 60 })).toEqual({
    ...{ data: [], pagination: { total: 60, limit: 10, offset: 60 } },
  })
})

test('without a limit a page has 50 rows, and without an offset it is the first', () => {
  expect(getPaging({})).toEqual({ limit: 50, offset: 0 })
  expect(paginate(list, {}).data).toEqual(list.slice(0, 50))
})
