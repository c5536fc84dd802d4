/**
 * The parsed reply is reused if the same request gets the same bytes. Each row has two requests that differ in one part
 * and get the same bytes: neither may reuse the result of the other.
 */
import { expect, test } from 'vitest'
import { createLionDesk } from '#src/upstreams/liondesk/index.ts'
import type { OperationName } from '#src/upstreams/spacio/operations.ts'
import { createSpacioRequester } from '#src/upstreams/spacio/request.ts'
import { createResponseMemo, type ResponseMemo } from '#src/upstreams/transport/response-memo.ts'
import type { Send } from '#src/upstreams/transport/types.ts'
import { createTokenSource } from '../../support/liondesk.ts'

const signal = new AbortController().signal

const answering =
  (body: unknown): Send =>
  async (request) =>
    request.read({ status: 200, retryAfter: null, body: Buffer.from(JSON.stringify(body)) }, false)

const now = () => new Date(0)

/** Sends a request and returns the first record as it was parsed. */
type Ask = (memo: ResponseMemo) => Promise<unknown>

const spacio =
  (tenant: string, operation: OperationName, form: Record<string, string>): Ask =>
  async (memo) => {
    const account = { tenant, baseUrl: 'http://spacio', apiKey: 'shared', hourlyBudget: 1_000 }
    const send = answering([{ email: 'a@example.com', lastActive: '2026-03-15 12:00:00' }])
    return (await createSpacioRequester(account, send, now, memo)(operation, form, { signal })).records[0]
  }

const liondesk =
  (tenant: string, eventId: string, includeSource: boolean): Ask =>
  async (responseMemo) => {
    const account = { tenant, baseUrl: 'http://liondesk' }
    const send = answering({ total: 1, limit: 50, skip: 0, data: [{ id: '1', city: 'Reno' }] })
    const client = createLionDesk({
      account,
      tokens: createTokenSource('token'),
      send,
      responseMemo,
      now,
      drift: () => {},
    })
    const query = { conditions: [], sort: [], limit: 50, skip: 0 }
    const [row] = (await client.find(eventId, query, { signal, includeSource })).data
    return includeSource ? (row as { source: { record: unknown } }).source.record : row
  }

const march = { bid: 'b1', startDate: '2026-03-01', endDate: '2026-03-31' }

test.for<[string, Ask, Ask]>([
  ['another tenant of Spacio', spacio('north', 'getActivityList', march), spacio('south', 'getActivityList', march)],
  [
    'another brokerage',
    spacio('north', 'getActivityList', march),
    spacio('north', 'getActivityList', { ...march, bid: 'b2' }),
  ],
  [
    'another first day',
    spacio('north', 'getActivityList', march),
    spacio('north', 'getActivityList', { ...march, startDate: '2026-03-02' }),
  ],
  [
    'another last day',
    spacio('north', 'getActivityList', march),
    spacio('north', 'getActivityList', { ...march, endDate: '2026-03-30' }),
  ],
  ['another operation', spacio('north', 'getActivityList', march), spacio('north', 'getOHSessionCounts', march)],
  ['another tenant of LionDesk', liondesk('north', '7', true), liondesk('south', '7', true)],
  ['another tenant of LionDesk, as rows', liondesk('north', '7', false), liondesk('south', '7', false)],
  ['another event', liondesk('north', '7', false), liondesk('north', '8', false)],
  ['an answer with its source', liondesk('north', '7', false), liondesk('north', '7', true)],
])('the decoded reply to %s is not reused for another request with the same bytes', async ([, one, other]) => {
  const memo = createResponseMemo()
  for (const ask of [one, one, other, other]) await ask(memo)
  const [first, second] = [await one(memo), await other(memo)]
  expect(await one(memo)).toBe(first)
  expect(await other(memo)).toBe(second)
  expect(second).not.toBe(first)
})
