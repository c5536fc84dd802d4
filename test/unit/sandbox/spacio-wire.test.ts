import { describe, expect, test } from 'vitest'
import { callSpacio, spacioJson, useSandbox, year } from '../../support/sandbox.ts'

const current = useSandbox()

const faulty: [string, Record<string, string>][] = [
  ['v2/getRegistrantsByBrokerage', { bid: 'b1001', ...year }],
  ['v1/getRegistrantsByBrokerage', { bid: 'b1001', ...year }],
  ['v1/getRegistrantsByTeam', { tid: 't2001', ...year }],
]

describe('JSON that is none', () => {
  test.each(faulty)('%s: leading zeros and stray commas', async (method, fields) => {
    const { text } = await callSpacio(current(), method, fields)
    expect(text).toMatch(/"sid":00\d{5},/)
    expect(text).toMatch(/"answer":"[^"]*", \}/)
    expect(() => JSON.parse(text)).toThrow(SyntaxError)
    const repaired = text.replaceAll(/"sid":0+/g, '"sid":').replaceAll('", }', '"}')
    expect(() => JSON.parse(repaired)).not.toThrow()
  })

  test('getClaimedList: bare strings in braces', async () => {
    const { text } = await callSpacio(current(), 'v1/getClaimedList', { bid: 'b1002' })
    expect(text).toMatch(/^\{\s*"agent8@example.com",\s*"agent9@example.com"/)
    expect(() => JSON.parse(text)).toThrow(SyntaxError)
  })

  test.each([...faulty, ['v1/getClaimedList', { bid: 'b1001' }] as const])(
    '%s: valid by switch',
    async (method, fields) => {
      current().control.spacio.set({ strictJson: true })
      await expect(spacioJson(current(), method, fields)).resolves.toBeTypeOf('object')
    },
  )
})

test('keyed lists may come as arrays', async () => {
  current().control.spacio.set({ keyedAs: 'array' })
  const { accessToken } = await spacioJson(current(), 'v1/getAccessToken', { email: 'agent1@example.com' })
  const leads = await spacioJson(current(), 'v1/getRegistrants', { sid: 10101, atoken: accessToken })
  expect(Array.isArray(leads)).toBe(true)
  expect(Array.isArray(leads[0].answersObj)).toBe(true)
})

test.each([
  ['no-results', '{"error":"no-results"}'],
  ['[]', '[]'],
  ['{}', '{}'],
] as const)('nothing found, as %s', async (emptyKeyed, wanted) => {
  current().control.spacio.set({ emptyKeyed })
  const fields = { bid: 'b1001', startDate: '2001-01-01', endDate: '2001-01-02' }
  expect((await callSpacio(current(), 'v1/getActivityList', fields)).text).toBe(wanted)
  const paged = await callSpacio(current(), 'v2/getRegistrantsByBrokerage', fields)
  if (emptyKeyed === 'no-results') expect(paged.text).toBe(wanted)
  else expect(JSON.parse(paged.text)).toMatchObject({ info: { totalCount: 0, totalPages: 0 }, data: [] })
})

test('drift: a new field, and a price that is none', async () => {
  current().control.spacio.set({ drift: true })
  const property = await spacioJson(current(), 'v1/getProperty', { sid: 10101 })
  expect(property).toMatchObject({ futureField: expect.any(String), price: 'Call for price' })
})
