/**
 * The ids of leads without an upstream id depend on all leads of a list. The stored result of one page is therefore no
 * older than the others.
 */
import { expect, test } from 'vitest'
import { createSpacio } from '#src/upstreams/spacio/index.ts'
import { createResponseMemo } from '#src/upstreams/transport/response-memo.ts'

const lead = { name: 'Ada', email: 'a@example.com', phone: '1', dateCreated: '2026-03-15 12:00:00' }

/** Leads that differ only in their notes, one page for each. */
const opened = (notes: readonly string[]) => {
  const responseMemo = createResponseMemo()
  let present = notes
  const { getLeadReport } = createSpacio({
    account: { tenant: 't', baseUrl: 'http://s', apiKey: 'k', hourlyBudget: 1 },
    send: async (request) => {
      const page = Number(request.form?.page)
      const info = { resultsOnPage: 1, totalCount: present.length, pageNumber: page, totalPages: present.length }
      const body = Buffer.from(JSON.stringify({ info, data: [{ ...lead, note: present[page - 1] }] }))
      return request.read({ status: 200, retryAfter: null, body }, false)
    },
    responseMemo,
    drift: () => {},
    now: () => new Date(),
  })
  const report = getLeadReport({ kind: 'brokerage', id: 'b1' }, { startDate: '2026-03-01', endDate: '2026-03-31' })
  const read = { signal: new AbortController().signal, includeSource: false }
  return {
    become: (next: readonly string[]) => {
      present = next
    },
    ids: async () => (await report.collect(read, () => {})).map(({ id }) => id),
  }
}

test('another lead on another page', async () => {
  const list = opened(['m', 'z'])
  const before = await list.ids()
  for (let time = 0; time < 3; time += 1) expect(await list.ids()).toEqual(before)

  list.become(['m', 'a'])
  const after = await list.ids()
  expect(new Set(after).size).toBe(2)
  expect(after).toEqual(await opened(['m', 'a']).ids())
})
