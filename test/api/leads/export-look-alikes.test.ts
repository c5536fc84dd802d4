/** A v1 report has one reply of any length, which an export reads in batches. */
import { expect, test } from 'vitest'
import { openScriptedSpacio } from '../../support/spacio.ts'

/** Together longer than a reply that is read as a whole. */
const long = 'x'.repeat(4_000)

test('two look-alikes without an id, far apart in a long reply, get different ids', async () => {
  const spacio = await openScriptedSpacio({ now: () => new Date('2026-03-16T12:00:00Z') })
  const visitors = Array.from({ length: 600 }, (_, number) => ({
    name: `Visitor ${number % 599}`,
    email: `visitor${number % 599}@example.com`,
    phone: '1',
    dateCreated: '2026-03-15 12:00:00',
    note: long,
  }))
  spacio.answer({ 'v1/getRegistrantsByBrokerage': visitors })
  const { body } = await spacio.app.inject('/leads/export?brokerageId=b1&from=2026-03-15&to=2026-03-15&format=ndjson')
  await spacio.close()
  const leads = body
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(leads.length).toBe(600)
  expect(new Set(leads.map(({ id }) => id)).size).toBe(600)
  const alike = leads.filter(({ fullName }) => fullName === 'Visitor 0')
  expect(alike.map(({ id }) => id)).toEqual([expect.stringMatching(/^p-/), expect.stringMatching(/^p-/)])
})
