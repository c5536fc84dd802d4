/** Long replies of all tenants together use a bounded part of the memory. */
import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTransport, type Transport } from '#src/upstreams/transport/index.ts'
import { limits } from '#src/upstreams/transport/limits.ts'
import { type Stub, startStub } from '../../../support/stub.ts'

/** A busy machine needs time for so much data. */
const patient = { ...limits.spacioLeads, attemptTimeoutMs: 60_000, totalTimeoutMs: 60_000 }

const MiB = 1024 * 1024

/** A reply within the limits of its class, without its last byte. */
const most = Buffer.alloc(15 * MiB, ' ')

const packed = gzipSync(most)

let stub: Stub
let transport: Transport
const unfinished: ServerResponse[] = []

beforeAll(async () => {
  stub = await startStub((request, response) => {
    if (request.url === '/short') response.end('{}')
    else if (request.url === '/packed') response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed)
    else {
      response.statusCode = request.url === '/long-error' ? 404 : 200
      response.write(most, (error) => void (error || unfinished.push(response)))
    }
  })
  transport = createTransport({ random: () => 0 })
})

afterAll(async () => {
  await transport.close()
  await stub.close()
})

/** Replies wait until this resolves. */
let reading = Promise.resolve()

const call = (tenant: string, path: string, writes = false): Promise<number> =>
  transport.send<number | Promise<number>>(
    {
      ...{ tenant, system: 'spacio', operation: 'x', limits: patient, method: 'POST', baseUrl: stub.url },
      ...{ path, headers: {}, writes, read: async ({ body }) => reading.then(() => body.length) },
    },
    new AbortController().signal,
  ) as Promise<number>

const untilHeld = (count: number) => expect.poll(() => unfinished).toHaveLength(count)

const finishAll = (): void => {
  for (const response of unfinished.splice(0)) response.end('{')
}

test('the fifth reply of maximum size is rejected, but short ones and replies to writes are not', async () => {
  const held = ['a', 'b', 'c', 'd'].map((tenant) => call(tenant, '/long'))
  await untilHeld(4)
  await expect(call('e', '/long')).rejects.toMatchObject({ code: 'overloaded', fields: { retryAfter: 1 } })
  expect(await call('e', '/short')).toBe(2)
  const write = call('e', '/long', true)
  await untilHeld(5)
  finishAll()
  expect(await Promise.all([...held, write])).toEqual(Array(5).fill(most.length + 1))

  const again = call('e', '/long')
  await untilHeld(1)
  finishAll()
  expect(await again).toBe(most.length + 1)
})

test('compressed replies count with their decompressed size until they have been read', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  reading = promise
  const calls = ['a', 'b', 'c', 'd', 'e'].map((tenant) => call(tenant, '/packed'))
  await expect(Promise.any(calls.map((each) => each.then(Promise.reject, (error) => error)))).resolves.toMatchObject({
    code: 'overloaded',
  })
  resolve()
  const outcomes = await Promise.allSettled(calls)
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(4)
})

const stream = (tenant: string, path: string, onStart = () => {}) =>
  transport.send<unknown>(
    {
      ...{ tenant, system: 'spacio', operation: 'x', limits: patient, method: 'POST', baseUrl: stub.url },
      ...{ path, headers: {}, writes: false, read: async () => null },
      stream: {
        maxBufferedBytes: 14 * MiB,
        hasEmitted: () => false,
        read: async (chunks: AsyncIterable<Buffer>) => {
          let size = 0
          for await (const chunk of chunks) {
            onStart()
            size += chunk.length
          }
          return size
        },
      },
    },
    new AbortController().signal,
  )

test('a body that is streamed no longer counts', async () => {
  const streamed: Promise<unknown>[] = []
  for (const tenant of ['a', 'b', 'c', 'd', 'e', 'f']) {
    const { promise, resolve } = Promise.withResolvers<void>()
    const reading = stream(tenant, '/long', resolve)
    streamed.push(reading)
    await Promise.race([promise, reading])
  }
  await untilHeld(6)
  finishAll()
  expect(await Promise.all(streamed)).toEqual(Array(6).fill(most.length + 1))
})

test('the body of an error in a streamed call counts until it has been read', async () => {
  const failed = ['a', 'b', 'c', 'd'].map((tenant) => stream(tenant, '/long-error'))
  await untilHeld(4)
  await expect(stream('e', '/long-error')).rejects.toMatchObject({ code: 'overloaded', fields: { retryAfter: 1 } })
  finishAll()
  expect(await Promise.all(failed)).toEqual(Array(4).fill(null))
})
