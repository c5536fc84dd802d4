/** A truncated list is a problem. A 200 with fewer leads than Spacio sent would silently lose visitors. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRandom } from '../../../sandbox/random.ts'
import { beforeLeads, createWireLead, openScriptedSpacio, type ScriptedSpacio } from '../../support/spacio.ts'

let spacio: ScriptedSpacio
let clock = Date.parse('2026-03-15T12:00:00Z')

beforeAll(async () => {
  spacio = await openScriptedSpacio({ now: () => new Date(clock) })
})

afterAll(() => spacio.close())

const count = 200

/** With the vendor's defects: trailing commas, leading zeros, and free text with characters of JSON. */
const vendorLead = (number: number): string => {
  const { sid: _sid, ...lead } = createWireLead(number)
  const answers = `[{"question": "How did you hear?", "answer": "a }, \\"sign\\" ],", }, {"question": "q", "answer": "N/A"}]`
  return `${JSON.stringify(lead).slice(0, -1)}, "answersObj": ${answers}, "note": "[{", "sid": 00${10191}, }`
}

const leads = Array.from({ length: count }, (_, index) => vendorLead(index + 1))

const bodies: [string, { url: string; operation: string; body: string }][] = [
  [
    'keyed leads of a property',
    {
      url: '/leads?sid=10191&limit=1',
      operation: 'v1/getRegistrants',
      body: `{\n${leads.map((lead, index) => `"${index + 1}": ${lead}`).join(',\n')}\n}`,
    },
  ],
  [
    'an array of leads of a property',
    { url: '/leads?sid=10191&limit=1', operation: 'v1/getRegistrants', body: `[${leads.join(',')}]` },
  ],
  [
    'a page of a brokerage’s leads',
    {
      url: '/leads?brokerageId=b1&limit=1',
      operation: 'v2/getRegistrantsByBrokerage',
      body: `{"data": [${leads.join(', ')}, ], "info": {"resultsOnPage": 0${count}, "totalCount": ${count}, "totalPages": 1}}`,
    },
  ],
]

test.each(bodies)('%s, cut at a thousand places', async (_name, { url, operation, body }) => {
  const random = createRandom(7, operation)
  clock += 150_000
  // Where the complete text is valid, so that only the truncation is wrong.
  spacio.answer({ ...beforeLeads, [operation]: body })
  expect(await spacio.get(url)).toMatchObject({ status: 200, body: { pagination: { total: count } } })

  const cuts = Array.from({ length: 990 }, () => random.integer(0, body.length - 1))
  const lastTen = Array.from({ length: 10 }, (_, index) => body.length - 1 - index)
  const waiting = [...cuts, ...lastTen].map((cut) => Buffer.from(body.slice(0, cut)))
  const others: Record<string, unknown> = beforeLeads
  spacio.answer((call) => ({ body: call.operation === operation ? waiting.pop() : others[call.operation] }))
  const outcomes = new Set<string>()
  while (waiting.length > 0) {
    // Each time the breaker allows a call.
    clock += 150_000
    const reply = await spacio.get(url)
    outcomes.add(`${reply.status} ${reply.body.code}`)
  }
  expect(spacio.calls.filter((call) => call.operation === operation)).toHaveLength(1000)
  expect([...outcomes]).toEqual(['502 upstream-invalid-response'])
})
