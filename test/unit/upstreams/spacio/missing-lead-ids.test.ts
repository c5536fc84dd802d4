/**
 * The ids of leads without an upstream id depend on all leads of a list. The stored result of one page is therefore no
 * older than the others.
 */
import { expect, test } from 'vitest'
import { createSpacio } from '#src/upstreams/spacio/index.ts'
import { createLeadCounter } from '#src/upstreams/spacio/lead-ids.ts'
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
    streamedIds: async () => (await Array.fromAsync(report.stream(read))).flat().map(({ id }) => id),
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

test('look-alikes in different batches of a stream get different ids: those of the list', async () => {
  const list = opened(['m', 'z', 'a', ''])
  const streamed = await list.streamedIds()
  expect(new Set(streamed).size).toBe(4)
  expect(streamed.toSorted()).toEqual((await list.ids()).toSorted())
  expect(await list.streamedIds()).toEqual(streamed)
})

test('a stream numbers any count of look-alikes in bounded memory', () => {
  const countByIdentity = createLeadCounter(2)
  const countLeads = (name: string, count: number) => countByIdentity(JSON.stringify([name]), count)
  const numbers = ['a', 'b', 'c', 'c', 'd', 'a', 'c', 'b', 'd', 'a'].map((name) => [name, countLeads(name, 1)].join(''))
  expect(new Set(numbers).size).toBe(numbers.length)
  expect(numbers.filter((each) => /[ab]/.test(each))).toEqual(['a0', 'b0', 'a1', 'b1', 'a2'])
  expect([countLeads('a', 3), countLeads('a', 1), countLeads('e', 3), countLeads('e', 1)]).toEqual([3, 6, 5, 8])
})
