/**
 * Spacio may give one id to two visitors, or return one visitor twice. The list and the feed must return the same
 * visitors.
 */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createPage, createWireLead, openScriptedSpacio, type ScriptedSpacio } from '../../support/spacio.ts'

let clock = Date.parse('2026-03-02T12:00:00Z')
let spacio: ScriptedSpacio
let source: string

beforeAll(async () => {
  spacio = await openScriptedSpacio({ now: () => new Date(clock) })
})

afterAll(() => spacio.close())

let sources = 0

beforeEach(() => {
  clock += 3_601_000
  // Another feed for each test.
  sources += 1
  source = `b${sources}`
})

const [ada, ben] = [createWireLead(1, { id: 'x', name: 'Ada' }), createWireLead(2, { id: 'x', name: 'Ben' })]

const findNames = ({ body }: { body: any }): string[] =>
  body.data.map(({ fullName }: { fullName: string }) => fullName).toSorted()

const list = (include = '') => spacio.get(`/leads?brokerageId=${source}&from=2026-03-01&to=2026-03-02${include}`)

const feed = () => spacio.get(`/leads/feed?brokerageId=${source}&from=2026-03-01`)

test.for<[string, Record<string, unknown>, object]>([
  ['v1', { 'v1/getRegistrantsByBrokerage': { 1: ada, 2: ben } }, {}],
  ['v2', { 'v2/getRegistrantsByBrokerage': createPage([ada, ben]) }, {}],
])('%s: two visitors with one id are two in the list and in the feed', async ([, replies]) => {
  spacio.answer(replies)
  expect(findNames(await list())).toEqual(['Ada', 'Ben'])
  expect(findNames(await list('&include=source'))).toEqual(['Ada', 'Ben'])
  expect(findNames(await feed())).toEqual(['Ada', 'Ben'])
})

test('v2: a visitor who is on a page twice is one in the list and in the feed', async () => {
  spacio.answer({ 'v2/getRegistrantsByBrokerage': createPage([ada, ada, createWireLead(3, { name: 'Cyd' })]) })
  const reply = await list()
  expect(findNames(reply)).toEqual(['Ada', 'Cyd'])
  expect(reply.body.pagination.total).toBe(2)
  expect(findNames(await list('&include=source'))).toEqual(['Ada', 'Cyd'])
  expect(findNames(await feed())).toEqual(['Ada', 'Cyd'])
})

test('v1: a visitor who is in the list twice is one in the list and in the feed', async () => {
  spacio.answer({ 'v1/getRegistrantsByBrokerage': { 1: ada, 2: ada } })
  expect(findNames(await list())).toEqual(['Ada'])
  expect(findNames(await feed())).toEqual(['Ada'])
})

test('visitors with one id on two pages are two if their times differ', async () => {
  const later = { ...ben, dateCreated: '2026-03-01 11:00:00' }
  spacio.answer(({ form }) => {
    const rows = form.page === '1' ? [ada] : [later]
    return { body: createPage(rows, { totalCount: 2, totalPages: 2, pageNumber: Number(form.page) }) }
  })
  expect(findNames(await list())).toEqual(['Ada', 'Ben'])
  expect(findNames(await feed())).toEqual(['Ada', 'Ben'])
})
