/** Which connection a call uses, and the effect of a surplus reply. */
import { stat } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createTransport, type Transport } from '#src/upstreams/transport/index.ts'
import { limits } from '#src/upstreams/transport/limits.ts'
import { Client } from '#src/upstreams/transport/undici.ts'
import {
  type Arrival,
  createChunkedReply,
  createSizedReply,
  type SurplusServer,
  startSurplusServer,
} from '../../../support/surplus-server.ts'
import { startSurplusWorker } from '../../../support/surplus-worker.ts'

const minute = 60_000

let clock: number
let transport: Transport
let server: SurplusServer
let answer: (arrival: Arrival) => void

beforeEach(async () => {
  clock = 0
  transport = createTransport({ monotonic: () => clock, random: () => 0 })
  answer = (arrival) => arrival.write(createSizedReply(arrival.path))
  server = await startSurplusServer((arrival) => answer(arrival))
})

afterEach(async () => {
  await transport.close()
  await server.close()
})

/** Resolves with the text of the reply, which contains the requested path. */
const ask = (
  path: string,
  { tenant = 't', writes = false, baseUrl = server.url, headers = {} } = {},
): Promise<string> =>
  transport.send(
    {
      ...{ tenant, system: 'liondesk', operation: 'x', limits: limits.liondeskRead, method: 'POST' },
      ...{ baseUrl, path, headers, writes, read: ({ body }) => body.toString() },
    },
    new AbortController().signal,
  )

const connections = (): number[] => server.arrivals.map(({ connection }) => connection)

/** Waits until undici has released the connections of finished calls. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 4; turn += 1) await setImmediate()
}

const askAndSettle = async (path: string, options = {}): Promise<string> => {
  const text = await ask(path, options)
  await settle()
  return text
}

const allClosed = () => expect.poll(() => server.countOpen()).toBe(0)

test('a connection is reused after its rest', async () => {
  for (const path of ['/1', '/2', '/3']) {
    await askAndSettle(path)
    clock += 250
  }
  expect(connections()).toEqual([0, 0, 0])
})

test('a connection that has not rested waits while another one is opened', async () => {
  await askAndSettle('/1')
  clock += 249
  await askAndSettle('/2')
  clock += 1
  await askAndSettle('/3')
  expect(connections()).toEqual([0, 1, 0])
})

test('a connection rests at least as long as its slowest reply took', async () => {
  answer = (arrival) => {
    if (arrival.path === '/slow') clock += 1_500
    arrival.write(createSizedReply(arrival.path))
  }
  await askAndSettle('/slow')
  clock += 1_499
  await askAndSettle('/2')
  clock += 1
  await askAndSettle('/3')
  clock += 250
  await askAndSettle('/4')
  expect(connections()).toEqual([0, 1, 0, 1])
})

test('tenants never share a connection', async () => {
  for (let turn = 0; turn < 6; turn += 1) {
    await askAndSettle(`/${turn}`, { tenant: turn % 2 === 0 ? 'a' : 'b' })
    clock += 250
  }
  expect(connections()).toEqual([0, 1, 0, 1, 0, 1])
})

describe.for([
  ['with Content-Length', createSizedReply],
  ['in chunks', createChunkedReply],
] as const)('a surplus reply %s', ([, frame]) => {
  test('in the same packet closes its connection and is not delivered', async () => {
    answer = ({ path, write }) => write(frame(path) + frame('surplus'))
    expect(await ask('/1')).toBe('/1')
    await allClosed()
    clock += 250
    expect(await ask('/2')).toBe('/2')
    expect(connections()).toEqual([0, 1])
  })

  test('on an idle connection closes it and is not delivered', async () => {
    answer = ({ path, write }) => write(frame(path))
    await askAndSettle('/1')
    server.arrivals[0]?.write(frame('surplus'))
    await allClosed()
    clock += 250
    expect(await ask('/2')).toBe('/2')
    expect(connections()).toEqual([0, 1])
  })

  test('that arrives before the next call closes its connection before the call is written', async () => {
    const worker = await startSurplusWorker(frame('reply'), frame('surplus'))
    const options = { baseUrl: worker.url }
    for (let turn = 0; turn < 5; turn += 1) {
      await askAndSettle('/first', options)
      clock += 250 + 10 * minute
      // In the callback of a file's status, the event loop has already polled: data that arrives now is read in the
      // next turn.
      await new Promise<void>((resolve) => stat('/', () => resolve()))
      worker.sendSurplus()
      expect(await askAndSettle('/second', options)).toBe('reply')
    }
    await worker.close()
  })
})

test('unsolicited bytes close their connection, and the pending call uses another one', async () => {
  const worker = await startSurplusWorker(createSizedReply('reply'), 'no reply\r\n')
  const options = { baseUrl: worker.url, writes: true }
  await askAndSettle('/first', options)
  clock += 250
  await new Promise<void>((resolve) => stat('/', () => resolve()))
  worker.sendSurplus()
  expect(await ask('/second', options)).toBe('reply')
  await worker.close()
})

test('after a surplus reply, connections to its origin are used only once for ten minutes', async () => {
  await Promise.all([ask('/1', { tenant: 'a' }), ask('/2', { tenant: 'b' })])
  await settle()
  server.arrivals[0]?.write(createSizedReply('surplus'))
  await allClosed()
  clock += 10 * minute - 1
  for (const path of ['/3', '/4']) await askAndSettle(path, { tenant: 'b' })
  expect(server.arrivals.slice(2).every(({ text }) => /^connection: close/im.test(text))).toBe(true)
  clock += 1
  for (const path of ['/5', '/6']) {
    await askAndSettle(path, { tenant: 'b' })
    clock += 250
  }
  expect(connections()).toEqual([0, 1, 2, 3, 4, 4])
})

test('a pool opens at most 32 unrested connections, and then uses the longest-idle one', async () => {
  for (let turn = 0; turn < 34; turn += 1) await askAndSettle(`/${turn}`)
  expect(connections()).toEqual([...Array(32).keys(), 0, 1])
})

test('all pools together have at most 256 idle connections, and close the longest-idle one', async () => {
  await Promise.all(Array.from({ length: 300 }, (_, turn) => ask(`/${turn}`, { tenant: `tenant ${turn}` })))
  await expect.poll(() => server.countOpen()).toBeLessThanOrEqual(256)
  expect(server.countOpened()).toBe(300)
})

test('an idle connection that its server closes is discarded', async () => {
  await askAndSettle('/1')
  const destroy = vi.spyOn(Client.prototype, 'destroy')
  server.arrivals[0]?.end()
  await expect.poll(() => destroy).toHaveBeenCalled()
  destroy.mockRestore()
})

test('a call with an invalid header leaves no connection open', async () => {
  const destroy = vi.spyOn(Client.prototype, 'destroy')
  await expect(ask('/', { headers: { 'x-bad': 'a\nb' } })).rejects.toThrow()
  expect(destroy).toHaveBeenCalled()
  destroy.mockRestore()
  expect(server.countOpened()).toBe(0)
})
