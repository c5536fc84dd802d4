/** getRegistrantsByBrokerage: v2 if the key has it, v1 if v2 is rejected. This is remembered only if v1 succeeds. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  createPage,
  createWireLead,
  openScriptedSpacio,
  type ScriptedReply,
  type ScriptedSpacio,
} from '../../../support/spacio.ts'

let clock = Date.parse('2026-03-15T12:00:00Z')
let spacio: ScriptedSpacio

beforeAll(async () => {
  spacio = await openScriptedSpacio({ now: () => new Date(clock) })
})

afterAll(() => spacio.close())

/** The results that an earlier test stored have expired by then. */
beforeEach(() => {
  clock += 24 * 3600_000
})

const url = '/leads?brokerageId=b1&from=2026-03-01&to=2026-03-01'
const v1 = 'v1/getRegistrantsByBrokerage'
const v2 = 'v2/getRegistrantsByBrokerage'

const answer = (second: ScriptedReply, first: ScriptedReply = { body: { 1: createWireLead(1) } }): void =>
  spacio.answer(({ operation }) => (operation === v2 ? second : first))

const operations = () => spacio.calls.map(({ operation }) => operation)

const refusals: [string, ScriptedReply][] = [
  ['a 404 page', { status: 404, body: '<h1>Not Found</h1>', contentType: 'text/html' }],
  ['a 404 with an empty body', { status: 404, body: '' }],
  ['not-authorized', { body: { error: 'not-authorized' } }],
  ['not-authorized with 401', { status: 401, body: { error: { code: 'not-authorized', message: 'v2 only' } } }],
  ['access-denied', { body: '"access-denied"' }],
  ['access-denied with 403', { status: 403, body: { code: 'access-denied', message: 'no' } }],
]

describe.each(refusals)('v2 rejected by %s', (_name, refusal) => {
  test('v1 is used exclusively for an hour', async () => {
    answer(refusal)
    expect((await spacio.get(url)).body.data).toMatchObject([{ fullName: 'Visitor 1' }])
    expect(operations()).toEqual([v2, v1])

    answer(refusal)
    clock += 3_599_000
    expect((await spacio.get(url)).status).toBe(200)
    expect(operations()).toEqual([v1])

    answer({ body: createPage([createWireLead(2)]) })
    clock += 2_000
    expect((await spacio.get(url)).body.data).toMatchObject([{ fullName: 'Visitor 2' }])
    expect(operations()).toEqual([v2])
  })

  test('a failure of v1 is reported, and the rejection of v2 is not cached', async () => {
    answer(refusal, { body: '"invalid-bid"' })
    const reply = await spacio.get(url)
    expect(reply).toMatchObject({ status: 404, body: { code: 'unknown-brokerage', upstream: { code: 'invalid-bid' } } })
    expect(operations()).toEqual([v2, v1])

    answer({ body: createPage([createWireLead(2)]) })
    expect((await spacio.get(url)).status).toBe(200)
    expect(operations()).toEqual([v2])
  })

  test('an empty list of v1 counts as success', async () => {
    answer(refusal, { body: '"no-results"' })
    expect((await spacio.get(url)).body.data).toEqual([])
    answer(refusal)
    await spacio.get(url)
    expect(operations()).toEqual([v1])
  })
})

test('if both are rejected, the client sees the rejection of v1', async () => {
  answer({ status: 404, body: '<h1>Not Found</h1>' }, { body: '"not-authorized"' })
  expect((await spacio.get(url)).body).toMatchObject({
    code: 'upstream-credentials',
    upstream: { code: 'not-authorized', status: 200 },
  })
  answer({ body: createPage([]) })
  await spacio.get(url)
  expect(operations()).toEqual([v2])
})

test.each<[string, ScriptedReply, string, number]>([
  ['invalid-bid', { body: '"invalid-bid"' }, 'unknown-brokerage', 1],
  ['invalid-bid with 404', { status: 404, body: { error: 'invalid-bid' } }, 'unknown-brokerage', 1],
  ['rate-reached', { body: '"rate-reached"' }, 'upstream-rate-limited', 1],
  ['a failure', { status: 500, body: '<h1>oops</h1>' }, 'upstream-failed', 2],
  ['an HTML page', { body: '<h1>later</h1>' }, 'upstream-invalid-response', 1],
])('%s of v2 is not a version rejection, so v1 is not called', async (_name, second, code, calls) => {
  answer(second)
  expect((await spacio.get(url)).body.code).toBe(code)
  expect(operations()).toEqual(Array(calls).fill(v2))
})

test('an empty list of v2 is a valid result', async () => {
  answer({ body: '"no-results"' })
  expect((await spacio.get(url)).body.data).toEqual([])
  expect(operations()).toEqual([v2])
})
