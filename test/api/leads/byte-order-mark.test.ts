/** A byte order mark before a reply of Spacio has no effect, however the reply is read. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPage, createWireLead, openScriptedSpacio, type ScriptedSpacio } from '../../support/spacio.ts'

let spacio: ScriptedSpacio

beforeAll(async () => {
  spacio = await openScriptedSpacio({ now: () => new Date('2026-03-15T12:00:00Z') })
})

afterAll(() => spacio.close())

const marked = (value: unknown): string => `\ufeff${JSON.stringify(value)}`

const window = 'from=2026-03-01&to=2026-03-14'

const findIds = (text: string): string[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).id)

test.for<[string, number]>([
  ['short', 10],
  ['longer than may be held', 5_000],
])('an export that is %s', async ([, bytesEach]) => {
  const leads = Array.from({ length: 300 }, (_, number) => createWireLead(number, { note: 'n'.repeat(bytesEach) }))
  spacio.answer(({ operation }) => ({ body: operation.startsWith('v2') ? '"access-denied"' : marked(leads) }))
  const reply = await spacio.app.inject({
    url: `/leads/export?brokerageId=b1&${window}`,
    headers: { accept: 'application/x-ndjson' },
  })
  expect(findIds(reply.body)).toEqual(leads.map(({ id }) => id))
})

test('a page of a list, with and without wire records', async () => {
  spacio.answer({ 'v1/getRegistrantsByTeam': marked(createPage([createWireLead(1)])) })
  for (const source of ['', '&include=source']) {
    const { body } = await spacio.get(`/leads?teamId=t1&${window}${source}`)
    expect(body.data).toMatchObject([{ id: createWireLead(1).id }])
  }
})

test('an error', async () => {
  spacio.answer({ 'v1/getProperty': marked({ error: 'invalid-sid' }) })
  expect(await spacio.get('/properties/10191')).toMatchObject({ status: 404, body: { code: 'unknown-property' } })
})
