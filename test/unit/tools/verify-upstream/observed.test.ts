/** The behavior that the vendor does not document, but that can be observed. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../../../sandbox/index.ts'
import { jsonOn, listObservations } from '../../../support/verify-upstream.ts'

let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox({ leads: 20_000 })
})

afterAll(() => sandbox.close())

beforeEach(() => sandbox.control.reset())

const brokerage = ['--brokerage', 'b1001']
const agent = ['--sid', '10101', '--agent', 'agent1@example.com']

const observed = async (args: readonly string[]) => listObservations(await jsonOn(sandbox, args))

test('pages: their size, and what lies past the last one', async () => {
  expect(await observed(brokerage)).toMatchObject({
    'page size of leads': '100 leads',
    'a page past the end': '0 leads, with page information',
  })
})

test.each([
  ['newest', 'newest first'],
  ['oldest', 'oldest first'],
  ['random', 'not by dateCreated'],
] as const)('order: %s', async (order, want) => {
  sandbox.control.spacio.set({ order })
  expect((await observed(['--team', 't2001']))['order of leads']).toContain(want)
})

test.each([
  ['inclusive', 'inclusive', 'both ends are included'],
  ['exclusive', 'inclusive', 'the last day is included, the first is not'],
  ['inclusive', 'exclusive', 'the first day is included, the last is not'],
  ['exclusive', 'exclusive', 'neither end is included'],
] as const)('range: start %s, end %s', async (rangeStart, rangeEnd, want) => {
  sandbox.control.spacio.set({ rangeStart, rangeEnd })
  expect((await observed(brokerage))['ends of a range of days']).toBe(want)
})

test.each([
  ['string', 200, 'HTTP 200, {error}'],
  ['code', '4xx', 'HTTP 404, {code, message}'],
  ['bare', 200, 'HTTP 200, a plain value'],
] as const)('errors: %s with %s', async (errorLayout, errorStatus, want) => {
  sandbox.control.spacio.set({ errorLayout, errorStatus })
  expect((await observed(['--sid', '10101']))['form of an error']).toBe(want)
})

test.each([
  [false, 'an earlier token stays valid'],
  [true, 'a new token invalidates the earlier one'],
])('tokens: a new one voids the old: %s', async (newTokenVoidsOld, want) => {
  sandbox.control.spacio.set({ newTokenVoidsOld })
  expect((await observed(agent))['access tokens']).toBe(want)
})

test('v2, and JSON that is none', async () => {
  sandbox.control.spacio.set({ v2: 'not-found' })
  expect(await observed(brokerage)).toMatchObject({
    'v2 of getRegistrantsByBrokerage': 'rejected with HTTP 404; v1 is used',
    'replies with invalid JSON': expect.stringContaining('v1/getClaimedList'),
  })
  sandbox.control.reset()
  sandbox.control.spacio.set({ strictJson: true })
  expect(await observed(brokerage)).toMatchObject({
    'v2 of getRegistrantsByBrokerage': 'available',
    'replies with invalid JSON': 'none',
  })
})

test('LionDesk: the largest page, and whether records have an id', async () => {
  expect(await observed(['--event', '11'])).toMatchObject({
    'largest page of LionDesk': '25 records, although 200 were requested',
    'fields that LionDesk does not document': 'id is present, created_at is present',
  })
})

test('behavior that was not observed is not reported', async () => {
  expect(Object.keys(await observed(['--event', '9']))).toEqual(['largest page of LionDesk'])
})
