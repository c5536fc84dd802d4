/** Repeated requests with one key, with any failure of each: LionDesk, which is a list here, has at most one record. */
import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { allGrants } from '#src/access-control.ts'
import { createRequestCache } from '#src/gateway/cache/request-cache.ts'
import { createSealer } from '#src/gateway/crypto/encryption.ts'
import { createEventProperties } from '#src/gateway/event-properties.ts'
import { createIdempotency } from '#src/gateway/idempotency/index.ts'
import { isProblem } from '#src/problems.ts'
import { createMemoryStore } from '#src/store/memory/index.ts'
import { createLionDesk } from '#src/upstreams/liondesk/index.ts'
import { createBreaker } from '#src/upstreams/transport/breaker.ts'
import { compose } from '#src/upstreams/transport/compose.ts'
import { createTransportProblem } from '#src/upstreams/transport/errors.ts'
import { createResponseMemo } from '#src/upstreams/transport/response-memo.ts'
import { createRetry } from '#src/upstreams/transport/retry.ts'
import type { Send } from '#src/upstreams/transport/types.ts'
import { createTokenSource } from '../../support/liondesk.ts'
import { createRunOptions } from '../../support/properties.ts'
import { createClock } from '../../support/transport.ts'

/** A step of a call: whether LionDesk executes it, and the reply. Null: the normal reply. */
interface Step {
  isDone: boolean
  fault: { status: number } | { cause: object } | null
}

const notConnected: Step = { isDone: false, fault: { cause: { code: 'ECONNREFUSED', syscall: 'connect' } } }
const refused: Step = { isDone: false, fault: { status: 401 } }

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.constantFrom<Step>({ isDone: true, fault: null }, notConnected, refused),
  fc.record<Step>({
    isDone: fc.boolean(),
    fault: fc.constantFrom<Step['fault']>({ cause: { code: 'ECONNRESET' } }, { status: 500 }, { status: 503 }),
  }),
)

const sealer = createSealer([randomBytes(32)])

/** It allocates memory for all its entries, so one for each schedule would be slow. */
const responseMemo = createResponseMemo()

const body = { city: 'Reno', listPrice: 499900.5 }

const foyer = () => {
  const { now, pass } = createClock()
  const random = () => 0
  const records: object[] = []
  let schedule: Step[] = []

  const answer = (method: string, json: unknown): object => {
    if (method === 'GET') return { total: records.length, limit: 25, skip: 0, data: records }
    return records.at(-1) ?? (json as object)
  }
  const attempt: Send = async (request) => {
    const { isDone, fault } = schedule.shift() ?? { isDone: true, fault: null }
    if (isDone && request.method === 'POST') records.push({ ...(request.json as object), id: `${records.length + 1}` })
    if (fault && 'cause' in fault) throw createTransportProblem(request, 'upstream-failed', fault.cause)
    const text = JSON.stringify(fault ? {} : answer(request.method, request.json))
    const reply = { status: fault?.status ?? 200, retryAfter: null, body: Buffer.from(text) }
    return request.read(reply, request.isRetry === true)
  }
  const liondesk = createLionDesk({
    account: { tenant: 't', baseUrl: 'http://127.0.0.1:9' },
    tokens: { ...createTokenSource('token'), renew: async () => 'another' },
    send: compose([createRetry({ now, random }), createBreaker({ now, random }).breaker], attempt),
    responseMemo,
    drift: () => {},
    now: () => new Date(now()),
  })
  const { create } = createEventProperties({
    upstreams: { getLionDesk: () => liondesk } as never,
    connections: { choose: async () => ({ id: 'main', account: 'a', tokens: createTokenSource('token') }) } as never,
    authorizer: {} as never,
    cachedSpacio: {} as never,
    idempotency: createIdempotency(createMemoryStore(now), sealer),
  })
  const caller = { tenant: 't', client: 'c', scopes: new Set<never>(), grants: allGrants }
  const call = {
    caller,
    signal: new AbortController().signal,
    includeSource: false,
    includeProperty: false,
    requestCache: createRequestCache(),
  }

  return {
    records,
    /** Null: unknown or rejected. */
    create: async (next: readonly Step[]): Promise<string | null> => {
      schedule = [...next]
      pass(300_000)
      try {
        return (await create('9', body, { idempotencyKey: 'a' }, call)).result.id
      } catch (error) {
        expect(isProblem(error), String(error)).toBe(true)
        return null
      }
    },
  }
}

test('1,000 schedules of repeats under one key', async () => {
  const repeats = fc.array(fc.array(steps, { maxLength: 4 }), { minLength: 1, maxLength: 4 })
  const property = fc.asyncProperty(repeats, async (schedules) => {
    const { records, create } = foyer()
    for (const schedule of [...schedules, [], []]) {
      const id = await create(schedule)
      expect(records.length).toBeLessThanOrEqual(1)
      if (id !== null) expect(id).toBe('1')
    }
    expect(records.length).toBe(1)
  })
  await fc.assert(property, createRunOptions(1_000))
})
