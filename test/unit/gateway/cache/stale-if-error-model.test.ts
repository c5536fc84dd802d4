/** For any sequence of events, no response is used after its expiry, after a denial, or for another request. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CacheResult, createRequestCache } from '#src/gateway/cache/request-cache.ts'
import { createStaleIfErrorCache, type Freshness } from '#src/gateway/cache/stale-if-error-cache.ts'
import { Problem } from '#src/problems.ts'
import { createRunOptions } from '../../../support/properties.ts'

const bounds: Record<string, Freshness> = {
  listings: { freshMs: 60_000, staleMs: 900_000 },
  people: { freshMs: 300_000, staleMs: 0 },
}

interface Value {
  key: string
  askedAt: number
  requests: number
}

type Outcome = 'answer' | 'outage' | 'denial'

type Step =
  | { do: 'pass'; ms: number }
  | { do: 'read'; key: string; kind: string; bypassesCache: boolean }
  | { do: 'settle'; key: string; outcome: Outcome }

const key = fc.constantFrom('a', 'b')

const exact = fc.constantFrom(1, 59_999, 60_000, 240_000, 840_000)

const ms = fc.oneof({ weight: 4, arbitrary: exact }, { weight: 1, arbitrary: fc.nat({ max: 1_000_000 }) })

const pass: fc.Arbitrary<Step> = fc.record({ do: fc.constant('pass' as const), ms })

const read: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('read' as const),
  key,
  kind: fc.constantFrom('listings', 'listings', 'people'),
  bypassesCache: fc.constantFrom(false, false, false, true),
})

const settle: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('settle' as const),
  key,
  outcome: fc.constantFrom<Outcome>('answer', 'answer', 'outage', 'denial'),
})

/** The turns of the event loop that a result takes to reach its waiters. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

const createWorld = () => {
  let now = 1_000_000
  let questions = 0
  const pending = new Map<string, (outcome: Outcome) => void>()
  const deniedAt = new Map<string, number>()
  const answers = createStaleIfErrorCache(() => now)
  const waiting: Promise<void>[] = []
  const wrong: unknown[] = []

  const ask = (key: string) => (): Promise<Value> => {
    // A request during a call waits for the result of this call.
    expect(pending.has(key)).toBe(false)
    const value = { key, askedAt: now, requests: ++questions }
    return new Promise((resolve, reject) => {
      pending.set(key, (outcome) => {
        pending.delete(key)
        if (outcome === 'answer') return resolve(value)
        if (outcome === 'denial') deniedAt.set(key, questions)
        reject(new Problem(outcome === 'denial' ? 'unknown-property' : 'upstream-failed'))
      })
    })
  }

  const check = (
    key: string,
    { freshMs, staleMs }: Freshness,
    bypassesCache: boolean,
    served: CacheResult<Value>,
  ): void => {
    const age = now - served.value.askedAt
    expect([served.value.key, served.ageMs]).toEqual([key, age])
    expect(served.value.requests).toBeGreaterThan(deniedAt.get(key) ?? 0)
    if (served.source.kind === 'hit') expect(age).toBeLessThan(freshMs)
    if (served.source.kind === 'stale') expect(age).toBeLessThanOrEqual(staleMs)
    if (bypassesCache) expect(served.source.kind).toBe('miss')
  }

  const read = async (key: string, limits: Freshness, bypassesCache: boolean): Promise<void> => {
    const served = await tryRead(key, limits, bypassesCache)
    if (served instanceof Error) expect(served).toBeInstanceOf(Problem)
    else check(key, limits, bypassesCache, served)
  }

  const tryRead = async (key: string, limits: Freshness, bypassesCache: boolean) => {
    try {
      return await answers.read('things', key, limits, createRequestCache(bypassesCache), ask(key))
    } catch (error) {
      return error as Error
    }
  }

  return {
    pass: (ms: number): void => {
      now += ms
    },
    read: (key: string, kind: string, bypassesCache: boolean): void => {
      waiting.push(
        read(key, bounds[kind] as Freshness, bypassesCache).catch((error: unknown) => void wrong.push(error)),
      )
    },
    settle: (key: string, outcome: Outcome): void => pending.get(key)?.(outcome),
    finish: async (): Promise<void> => {
      for (const end of [...pending.values()]) end('answer')
      await Promise.all(waiting)
      if (wrong.length > 0) throw wrong[0]
    },
  }
}

test('random sequences of reads, results, outages and rejections match the model', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(pass, read, settle), { minLength: 20, maxLength: 60 }), async (steps) => {
      const world = createWorld()
      for (const each of steps) {
        if (each.do === 'pass') world.pass(each.ms)
        else if (each.do === 'read') world.read(each.key, each.kind, each.bypassesCache)
        else world.settle(each.key, each.outcome)
        await settled()
      }
      await world.finish()
    }),
    createRunOptions(1_000),
  )
})
