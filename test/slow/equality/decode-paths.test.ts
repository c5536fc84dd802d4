/**
 * For every way from an upstream's bytes to a response (parsed at once, split, streamed or reused), the bytes of the
 * response and the drift counts are the same. The reference is the simplest way: an interpreter of the mapping table,
 * and one text by the published schema.
 */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { oddReplies } from '../../support/equality/odd-replies.ts'
import type { DecodeRequest } from '../../support/equality/questions.ts'
import { listLiondeskReplies, listSpacioReplies } from '../../support/equality/sandbox-replies.ts'
import { openDecodePaths } from '../../support/equality/ways.ts'
import { createRunOptions } from '../../support/properties.ts'

let ways: Awaited<ReturnType<typeof openDecodePaths>>

beforeAll(async () => {
  ways = await openDecodePaths()
})

afterAll(() => ways.close())

const questions = {
  getProperties: { ukey: 'u1' },
  getProperty: { sid: '10191' },
  getOHSessions: { sid: '10191', page: '1' },
  getRegistrants: { sid: '10191' },
  getAccessToken: { email: 'agent@example.com' },
  getAccessTokenBM: { email: 'manager@example.com' },
  getRegistrantsByBrokerageV2: { bid: 'b1', startDate: '2026-03-01', endDate: '2026-03-31', page: '1' },
  getRegistrantsByBrokerage: { bid: 'b1', startDate: '2026-03-01', endDate: '2026-03-31' },
  getRegistrantsByTeam: { tid: 't1', startDate: '2026-03-01', endDate: '2026-03-31', page: '1' },
  getClaimedList: { bid: 'b1' },
  getActivityList: { bid: 'b1', startDate: '2026-03-01', endDate: '2026-03-31' },
  getOHSessionCounts: { bid: 'b1', startDate: '2026-03-01', endDate: '2026-03-31' },
  find: { eventId: '7' },
  get: { eventId: '7', id: '1' },
} as const satisfies Record<DecodeRequest['operation'], DecodeRequest['form']>

type Operation = keyof typeof questions

const about = (operation: Operation): DecodeRequest => ({ operation, form: questions[operation] })

describe('the vendors’ own samples', () => {
  const getFile = (operation: Operation) =>
    operation === 'find' || operation === 'get' ? `liondesk/${operation}-reply.json` : `spacio/${operation}.txt`

  test.for(Object.keys(questions) as Operation[])('%s', async (operation) => {
    await ways.agree(readFileSync(new URL(`../../fixtures/${getFile(operation)}`, import.meta.url)), about(operation))
  })
})

describe('the whole world of the sandbox', () => {
  test.for([
    { drift: false },
    { drift: false, strictJson: true },
    { drift: true, strictJson: true, keyedAs: 'array' },
  ] as const)('Spacio, %j', async (settings) => {
    let remembered = 0
    for (const [question, body] of listSpacioReplies(settings)) remembered += await ways.agree(body, question)
    expect(remembered > 0).toBe(!settings.drift)
  })

  test('LionDesk', async () => {
    let remembered = 0
    for (const [question, body] of listLiondeskReplies()) remembered += await ways.agree(body, question)
    expect(remembered).toBeGreaterThan(0)
  })
})

describe('ten thousand records of each shape, usual and odd', () => {
  const lists = (Object.keys(questions) as Operation[]).filter(
    (operation) => !['getProperty', 'getAccessToken', 'getAccessTokenBM', 'getClaimedList', 'get'].includes(operation),
  )

  test.for(lists)('%s', async (operation) => {
    let remembered = 0
    const property = fc.asyncProperty(oddReplies(operation, 100), fc.nat(3), async (body, kind) => {
      remembered += await ways.agree(body, { ...about(operation), includeSource: kind === 0 })
    })
    await fc.assert(property, createRunOptions(100, { seed: 1 }))
    // The test proves nothing if no result is reused.
    expect(remembered).toBeGreaterThan(10)
  })
})

describe('the same bytes for different requests', () => {
  const leads = [
    { name: 'Ada', email: 'a@example.com', dateCreated: '2026-03-15 12:00:00' },
    { name: 'Ada', email: 'a@example.com', dateCreated: '2026-03-15 12:00:00', phone: '1' },
  ]

  test('leads of two properties, of two tenants, and of a brokerage', async () => {
    const questions: DecodeRequest[] = [
      { operation: 'getRegistrants', form: { sid: '1' } },
      { operation: 'getRegistrants', form: { sid: '2' } },
      { operation: 'getRegistrants', form: { sid: '1' }, tenant: 'another' },
      { ...about('getRegistrantsByBrokerage'), form: { bid: '1' } },
    ]
    // The leads of the brokerage have no ids of their own, so derived ids are not stored.
    expect(await ways.agree(Buffer.from(JSON.stringify(leads)), ...questions)).toBe(3)
  })

  test('pages of a brokerage and of a team', async () => {
    const info = { resultsOnPage: 2, totalCount: 2, pageNumber: 1, totalPages: 1 }
    const data = leads.map((lead, index) => ({ ...lead, id: `id-${index}`, note: 'n' }))
    const body = Buffer.from(JSON.stringify({ info, data }))
    const form = { startDate: '2026-03-01', endDate: '2026-03-31', page: '1' }
    const questions: DecodeRequest[] = [
      { operation: 'getRegistrantsByBrokerageV2', form: { bid: '1', ...form } },
      { operation: 'getRegistrantsByTeam', form: { tid: '1', ...form } },
    ]
    expect(await ways.agree(body, ...questions)).toBe(2)
  })

  test('properties of two events, which do not say whose they are', async () => {
    const body = Buffer.from(JSON.stringify({ total: 1, limit: 50, skip: 0, data: [{ id: '1', city: 'Reno' }] }))
    const questions = ['7', '8'].map((eventId): DecodeRequest => ({ operation: 'find', form: { eventId } }))
    expect(await ways.agree(body, ...questions)).toBe(2)
  })

  test('access tokens of two agents, which do not contain their agent', async () => {
    const body = Buffer.from(JSON.stringify({ ukey: 'u1', accessToken: 't1' }))
    const questions = ['a@example.com', 'b@example.com'].flatMap((email): DecodeRequest[] => [
      { operation: 'getAccessToken', form: { email } },
      { operation: 'getAccessTokenBM', form: { email } },
    ])
    await ways.agree(body, ...questions)
  })
})
