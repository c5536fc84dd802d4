import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { Environment } from '#src/config.ts'
import type { TokenSource } from '#src/upstreams/index.ts'
import type { JournalEntry, SandboxOptions } from '../../sandbox/index.ts'
import { type House, openHouse } from './test-gateway.ts'

let clock = Date.now()

export const present = (): Date => new Date(clock)

/** No breaker remembers then what failed before, nor is a key blocked. */
export const anHourLater = (): void => {
  clock += 3_700_000
}

/** One house for a test file; before each test an hour passes, and its sandbox goes back to the seed. */
export const useHouse = (env: Environment = {}, sandbox: SandboxOptions = {}): (() => House) => {
  let house: House
  beforeAll(async () => {
    house = await openHouse({ asksAnew: true, now: present, env, sandbox: { leads: 200, ...sandbox } })
  })
  beforeEach(() => {
    house.sandbox.control.reset()
    anHourLater()
  })
  afterAll(() => house.close())
  return () => house
}

/** An access token that cannot be renewed. */
export const lasting = (token: string): TokenSource => ({ current: async () => token, renewed: async () => null })

/** What LionDesk was asked, in order. */
export const asked = (house: House): JournalEntry[] => house.sandbox.control.liondesk.requests()

export const askedBy = (house: House, method: string): JournalEntry[] =>
  asked(house).filter((entry) => entry.method === method)

/** The raw query as names and values, decoded but not interpreted. */
export const queryPairs = ({ query }: JournalEntry): [string, string][] =>
  query === '' ? [] : query.split('&').map((pair) => pair.split('=').map(decodeURIComponent) as [string, string])

export const fixture = (name: string): any =>
  JSON.parse(readFileSync(new URL(`../fixtures/liondesk/${name}.json`, import.meta.url), 'utf8'))

/** Every field of a full input, in canonical words. */
export const fullInput = {
  listingId: '1021712',
  listingUrl: 'https://www.fakerealestate.com/fake-listings/1021712',
  unparsedAddress: '123 Real Street',
  city: 'San Diego',
  stateOrProvince: 'CA',
  postalCode: '90210',
  bedroomsTotal: 1,
  bathroomsFull: 1,
  propertySubType: 'Single Family Home',
  livingArea: 10000,
  listPrice: 499900,
  mlsStatus: 'For Sale',
  daysOnMarket: 100,
  estimatedValue: 500000,
  lastSoldAt: '2018-02-16T08:00:00Z',
  lastSoldPrice: 202580,
  latitude: 40.760612,
  longitude: -121.269237,
  photoUrls: ['http://lorempixel.com/640/480/'],
  yearBuilt: 2018,
  onMarketTimestamp: '2017-02-16T08:00:00Z',
}
