import type { CacheObserver } from '#src/upstream-observer.ts'
import type { ReadContext, Spacio, Upstreams } from '#src/upstreams/index.ts'
import type { Reading, Served } from './request-cache.ts'
import { type Answers, type Bounds, createAnswers } from './stale-if-error-cache.ts'

const minute = 60_000

/** Listings and open houses change slowly and are nobody's secret: better old ones than none. */
const listings: Bounds = { freshMs: minute, staleMs: 15 * minute }

const people: Bounds = { freshMs: 5 * minute, staleMs: 0 }

/** What a right is made of is never older than it may be remembered; until then it is not asked for anew. */
export const owners: Bounds = { freshMs: 5 * minute, staleMs: 0, evenIfForced: true }

/** For what is written down elsewhere: no stand-ins. */
export const sources: Bounds = { ...listings, staleMs: 0 }

type Days = Parameters<Spacio['activity']>[1]
type Read<Name extends 'property' | 'openHouses' | 'propertiesOf' | 'claimedAgents' | 'activity' | 'hostedOpenHouses'> =
  Promise<Served<Readonly<Awaited<ReturnType<Spacio[Name]>>>>>

/**
 * Spacio's reads, with answers kept for a while; leads and tokens never are. To be asked after the authority. What it
 * gives holds the wire records and is frozen.
 */
export const createSpacioReads = (
  upstreams: Pick<Upstreams, 'spacio'>,
  now: () => Date,
  observe: CacheObserver = () => {},
) => {
  /** By client, and with it by tenant and account: another account's answers are never at hand. */
  const kept = new WeakMap<Spacio, Answers>()

  const answersOf = (spacio: Spacio): Answers => {
    const known = kept.get(spacio)
    if (known) return known
    const made = createAnswers(() => now().getTime(), undefined, observe)
    kept.set(spacio, made)
    return made
  }

  const read = <T>(
    tenant: string,
    what: string,
    which: string,
    bounds: Bounds,
    reading: Reading,
    ask: (spacio: Spacio) => Promise<T>,
  ): Promise<Served<T>> => {
    const spacio = upstreams.spacio(tenant)
    return answersOf(spacio).read(what, which, bounds, reading, () => ask(spacio))
  }

  return {
    property: (tenant: string, sid: number, reading: Reading, bounds = listings): Read<'property'> =>
      read(tenant, 'property', String(sid), bounds, reading, (spacio) => spacio.property(sid, untilDone)),

    openHouses: (tenant: string, sid: number, reading: Reading): Read<'openHouses'> =>
      read(tenant, 'open houses', String(sid), listings, reading, (spacio) => spacio.openHouses(sid, untilDone)),

    /** `ukeyOf` belongs to the question: where it fails, what is kept stands in. */
    propertiesOf: (
      tenant: string,
      agent: string,
      reading: Reading,
      ukeyOf: (spacio: Spacio) => Promise<string>,
    ): Read<'propertiesOf'> =>
      read(tenant, 'properties of', agent, listings, reading, async (spacio) =>
        spacio.propertiesOf(await ukeyOf(spacio), untilDone),
      ),

    claimedAgents: (tenant: string, bid: string, reading: Reading, bounds = people): Read<'claimedAgents'> =>
      read(tenant, 'claimed agents', bid, bounds, reading, (spacio) => spacio.claimedAgents(bid, untilDone)),

    activity: (tenant: string, bid: string, days: Days, reading: Reading): Read<'activity'> =>
      read(tenant, 'activity', JSON.stringify([bid, days]), people, reading, (spacio) =>
        spacio.activity(bid, days, untilDone),
      ),

    hostedOpenHouses: (tenant: string, bid: string, days: Days, reading: Reading): Read<'hostedOpenHouses'> =>
      read(tenant, 'hosted open houses', JSON.stringify([bid, days]), listings, reading, (spacio) =>
        spacio.hostedOpenHouses(bid, days, untilDone),
      ),
  }
}

export type SpacioReads = ReturnType<typeof createSpacioReads>

/** No client's signal: his leaving must not fail the others who wait for the same answer. */
const untilDone: ReadContext = { signal: new AbortController().signal, includeSource: true }
