/**
 * Three transports on one ledger, as with three replicas on one store: they share one hour and each block by the
 * upstream.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStore } from '#src/store/index.ts'
import type { OperationName } from '#src/upstreams/spacio/operations.ts'
import { createSpacioRequester } from '#src/upstreams/spacio/request.ts'
import { createTransport, type Transport } from '#src/upstreams/transport/index.ts'
import type { Priority } from '#src/upstreams/transport/types.ts'
import { createAnswer, type Stub, startStub } from '../../../support/stub.ts'
import { createClock, getCode, toSettled } from '../../../support/transport.ts'

const clock = createClock()
const now = () => new Date(clock.now())

let stub: Stub
let body: unknown
let transports: Transport[]

beforeAll(async () => {
  stub = await startStub((request, response) => createAnswer(body)(request, response))
  const ledger = openStore('memory:', clock.now)
  transports = [1, 2, 3].map(() => createTransport({ ledger, now, random: () => 0 }))
})

afterAll(async () => {
  await Promise.all(transports.map(({ close }) => close()))
  await stub.close()
})

const call = (index: number, cap: number, priority?: Priority, operation: OperationName = 'getProperty') => {
  const account = { tenant: 't', baseUrl: stub.url, apiKey: 'shared', hourlyBudget: cap }
  const ask = createSpacioRequester(account, (transports[index % 3] as Transport).send, now)
  return toSettled(ask(operation, {}, { signal: new AbortController().signal, priority }))
}

const budget = (index: number, cap: number) => transports[index]?.getBudget({ apiKey: 'shared', cap })

test('at most 95 of 100 calls arrive in an hour from all three replicas, and reports and pollers stop earlier', async () => {
  body = { sid: 1 }
  const send = async (count: number, priority?: Priority, operation?: OperationName) => {
    const before = stub.paths.length
    for (let index = 0; index < count; index += 10) {
      await Promise.all(Array.from({ length: 10 }, (_, each) => call(index + each, 100, priority, operation)))
    }
    return stub.paths.length - before
  }
  expect(await send(70, 'background')).toBe(60)
  body = {}
  expect(await send(20, undefined, 'getClaimedList')).toBe(10)
  body = { sid: 1 }
  expect(await send(60)).toBe(25)
  const refused = await call(0, 100)
  expect(getCode(refused)).toBe('upstream-rate-limited')
  expect(refused).toMatchObject({ fields: { retryAfter: 3_600, upstream: { status: null } } })
  clock.pass(1_000)
  await call(1, 100)
  expect(budget(1, 100)).toMatchObject({ cap: 100, limit: 95, used: 95 })
})

test('a retry costs a call', async () => {
  clock.pass(3_600_000)
  const before = stub.paths.length
  body = ''
  expect(getCode(await call(0, 100))).toBe('upstream-invalid-response')
  expect([stub.paths.length - before, budget(0, 100)?.used]).toEqual([2, 2])
})

test('rate-reached at one replica stops all within a second', async () => {
  clock.pass(3_600_000)
  body = { sid: 1 }
  await Promise.all([0, 1, 2].map((index) => call(index, 10_000)))
  body = { error: 'rate-reached', message: `Next reset at: ${now().toISOString().slice(0, 10)} 15:20:00 UTC` }
  expect(getCode(await call(0, 10_000))).toBe('upstream-rate-limited')
  const before = stub.paths.length
  clock.pass(1_000)
  const refused = await Promise.all([0, 1, 2].map((index) => call(index, 10_000)))
  expect(refused.map(getCode)).toEqual(Array(3).fill('upstream-rate-limited'))
  expect(stub.paths.length).toBe(before)
  expect(budget(2, 10_000)?.blockedUntil).toMatch(/T15:00:0\d|T15:20:00/)
})
