import { expect, test } from 'vitest'
import type { Problem } from '#src/problems.ts'
import { collectPages, streamPageResults } from '#src/upstreams/spacio/collect-pages.ts'
import type { SpacioResult } from '#src/upstreams/spacio/request.ts'

const size = 2

const rules = {
  concurrency: 1,
  maxPages: 10,
  createInconsistencyProblem: (_operation: string, reason: string) => new Error(reason) as Problem,
}

/** An upstream whose list changes with each call. The last state stays. */
const listThatBecomes = (...lists: readonly (readonly number[])[]) => {
  let calls = 0
  return async (page: number): Promise<SpacioResult> => {
    const list = lists[Math.min(calls, lists.length - 1)] as readonly number[]
    calls += 1
    const records = list.slice((page - 1) * size, page * size).map((id) => ({ id }))
    const info = {
      resultsOnPage: records.length,
      totalCount: list.length,
      totalPages: Math.ceil(list.length / size),
      pageNumber: page,
    }
    return { operation: 'list', fetchedAt: '', records, info }
  }
}

/** Row 1 is deleted before page 2 is read, which moves row 3 to page 1. Row 7 arrives before page 3 is read. */
const deletedThenGrown = () => listThatBecomes([1, 2, 3, 4, 5, 6], [2, 3, 4, 5, 6], [2, 3, 4, 5, 6, 7])

const getIds = (records: readonly unknown[]) => (records as { id: number }[]).map(({ id }) => id)

test('a total that falls and rises between pages does not hide a missing row', async () => {
  const { records } = await collectPages(deletedThenGrown(), rules)
  expect(getIds(records)).toEqual([2, 3, 4, 5, 6, 7])
})

test('a stream delivers that row too, after the rows of the first pass', async () => {
  const given: number[] = []
  for await (const { records } of streamPageResults(deletedThenGrown(), rules)) given.push(...getIds(records))
  expect(given).toContain(3)
  expect(new Set(given).size).toBe(given.length)
})

test('a total that falls in both passes is a problem with both totals', async () => {
  const falling = listThatBecomes([1, 2, 3, 4], [2, 3, 4], [2, 3, 4, 5], [3, 4, 5])
  await expect(collectPages(falling, rules)).rejects.toThrow('fell from 4 to 3')
})
