/**
 * An unexpected wire value becomes null or text, and is counted by resource, field and kind. Responses still match the
 * schema.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { DriftKind } from '../../../sandbox/http/drift.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

let foyer: SandboxGateway

beforeAll(async () => {
  foyer = await openSandboxAndGateway({ sandbox: { leads: 300 } })
})

afterAll(() => foyer.close())

beforeEach(() => foyer.sandbox.control.reset())

const reads = [
  '/properties/10101',
  '/properties/10101/open-houses',
  '/agents/agent1@example.com/properties',
  '/leads?sid=10101',
  '/leads?brokerageId=b1001',
  '/leads?teamId=t2001',
  '/brokerages/b1001/agents',
  '/brokerages/b1001/activity',
  '/brokerages/b1001/open-houses',
  '/events/7/properties',
  '/events/7/properties/1',
  '/events?contactId=1',
  '/events/7',
  '/contacts?email=visitor2@example.com',
  '/contacts/1',
]

const drift = (setting: boolean | readonly DriftKind[]): void => {
  foyer.sandbox.control.spacio.set({ drift: setting })
  foyer.sandbox.control.liondesk.set({ drift: setting })
}

/** Each response is validated against the OpenAPI document. No cached response is used. */
const readAll = async (): Promise<void> => {
  for (const url of reads) expect((await foyer.get(url, { 'cache-control': 'no-cache' })).status, url).toBe(200)
}

const counts = async (): Promise<Map<string, number>> => {
  const { body, text } = await foyer.get('/upstreams')
  expect(text).not.toMatch(/new here|Call for price|MAYBE|noon|2025550100|example\.com/)
  const entries = body.data.flatMap((upstream: any) => upstream.drift)
  return new Map(entries.map(({ resource, field, kind, count }: any) => [`${resource} ${field} ${kind}`, count]))
}

/** By how much a kind of drift increases the counts. */
const added = async (setting: boolean | readonly DriftKind[]): Promise<string[]> => {
  const before = await counts()
  drift(setting)
  await readAll()
  const after = await counts()
  return [...after].filter(([name, count]) => count > (before.get(name) ?? 0)).map(([name]) => name)
}

const resources = {
  spacio: ['property', 'openHouse', 'propertyLead', 'brokerageLead', 'teamLead', 'agentActivity', 'hostedOpenHouse'],
  liondesk: ['eventProperty', 'event', 'contact'],
}

describe('GET /upstreams', () => {
  test('without drift: none', async () => {
    expect(await added(false)).toEqual([])
  })

  test('an unknown field of each resource', async () => {
    const found = await added(['unknown-field'])
    for (const [system, names] of Object.entries(resources)) {
      for (const name of names) expect(found).toContain(`${system}.${name} futureField unknown-field`)
    }
    expect(found.filter((name) => !name.endsWith(' futureField unknown-field'))).toEqual([])
  })

  test('invalid prices, times and yes/no values', async () => {
    expect((await added(['unreadable'])).sort()).toEqual(
      [
        'liondesk.contact modified_at',
        'liondesk.event modified_at',
        'liondesk.eventProperty listed_at',
        'liondesk.eventProperty listing_price',
        'spacio.agentActivity lastActive',
        'spacio.brokerageLead dateCreated',
        'spacio.brokerageLead hasAgent',
        'spacio.hostedOpenHouse dateHosted',
        'spacio.openHouse startTime',
        'spacio.property price',
        'spacio.propertyLead dateCreated',
        'spacio.propertyLead hasAgent',
        'spacio.teamLead dateCreated',
        'spacio.teamLead hasAgent',
      ].map((name) => `${name} unreadable`),
    )
  })

  test('all at once', async () => {
    expect((await added(true)).map((name) => name.split(' ').at(-1))).toEqual(
      expect.arrayContaining(['unreadable', 'unknown-field']),
    )
  })
})

describe('the details of the response', () => {
  const property = () => foyer.get('/properties/10101', { 'cache-control': 'no-cache' })

  test('a missing field is null and does not count as drift', async () => {
    expect(await added(['gone'])).toEqual([])
    expect((await property()).body).toMatchObject({ title: null, listPrice: 2300000 })
  })

  test('a number in place of text becomes text', async () => {
    expect(await added(['number'])).toEqual([])
    expect((await property()).body.propertySubType).toBe('4')
    expect((await foyer.get('/events/7/properties/1')).body.listingId).toBe('1021712')
    expect((await foyer.get('/contacts/1')).body).toMatchObject({ id: '1', homePhone: '2025550100' })
    expect((await foyer.get('/events/7')).body.siteDomain).toBe('7')
    const { data } = (await foyer.get('/leads?teamId=t2001&limit=1')).body
    expect(data[0].phone).toBe('2025550100')
  })

  test('an unreadable value is null', async () => {
    drift(['unreadable'])
    expect((await property()).body).toMatchObject({ listPrice: null, title: 'Waterfront apartment by the bay' })
    const { data } = (await foyer.get('/leads?teamId=t2001&limit=1')).body
    expect(data[0]).toMatchObject({ createdAt: null, hasAgent: null })
  })
})

test('the setting accepts only known driftKinds', () => {
  const { spacio, liondesk } = foyer.sandbox.control
  for (const control of [spacio, liondesk]) {
    expect(() => control.set({ drift: ['nonsense'] as never })).toThrow(/no value for the setting drift/)
    expect(control.set({ drift: ['gone'] }).drift).toEqual(['gone'])
  }
})
