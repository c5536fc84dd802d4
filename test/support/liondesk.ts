import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { Environment } from '#src/config.ts'
import type { TokenSource } from '#src/upstreams/index.ts'
import type { JournalEntry, SandboxOptions } from '../../sandbox/index.ts'
import { openSandboxAndGateway, type SandboxGateway } from './test-gateway.ts'

let startTime = Date.now()

export const getNow = (): Date => new Date(startTime)

/** Advances the clock by an hour, so that open circuit breakers and blocks by the upstream expire. */
export const advanceOneHour = (): void => {
  startTime += 3_700_000
}

/** One gateway for a test file. Before each test, the clock advances by an hour and the sandbox is reset. */
export const useSandboxAndGateway = (env: Environment = {}, sandbox: SandboxOptions = {}): (() => SandboxGateway) => {
  let testGateway: SandboxGateway
  beforeAll(async () => {
    testGateway = await openSandboxAndGateway({
      bypassesCache: true,
      now: getNow,
      env,
      sandbox: { leads: 200, ...sandbox },
    })
  })
  beforeEach(() => {
    testGateway.sandbox.control.reset()
    advanceOneHour()
  })
  afterAll(() => testGateway.close())
  return () => testGateway
}

/** An access token that cannot be renewed. */
export const createTokenSource = (token: string): TokenSource => ({
  getCurrent: async () => token,
  renew: async () => null,
})

/** The calls that LionDesk received, in order. */
export const listRequests = (testGateway: SandboxGateway): JournalEntry[] =>
  testGateway.sandbox.control.liondesk.requests()

export const listRequestsByMethod = (testGateway: SandboxGateway, method: string): JournalEntry[] =>
  listRequests(testGateway).filter((entry) => entry.method === method)

/** The raw query as decoded names and values. */
export const listQueryPairs = ({ query }: JournalEntry): [string, string][] =>
  query === '' ? [] : query.split('&').map((pair) => pair.split('=').map(decodeURIComponent) as [string, string])

export const readFixture = (name: string): any =>
  JSON.parse(readFileSync(new URL(`../fixtures/liondesk/${name}.json`, import.meta.url), 'utf8'))

/** Every field of a complete input, with canonical names. */
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
