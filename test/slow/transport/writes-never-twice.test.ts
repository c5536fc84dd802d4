/** A LionDesk POST or PATCH reaches LionDesk at most once, for any failure. */
import type { Server, Socket } from 'node:net'
import { createServer } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Problem } from '#src/problems.ts'
import { createLionDesk, type TokenSource } from '#src/upstreams/liondesk/index.ts'
import { createBreaker } from '#src/upstreams/transport/breaker.ts'
import { createBulkhead } from '#src/upstreams/transport/bulkhead.ts'
import { compose } from '#src/upstreams/transport/compose.ts'
import { createTransportProblem } from '#src/upstreams/transport/errors.ts'
import { createTransport } from '#src/upstreams/transport/index.ts'
import { limits } from '#src/upstreams/transport/limits.ts'
import { createResponseMemo } from '#src/upstreams/transport/response-memo.ts'
import { createRetry } from '#src/upstreams/transport/retry.ts'
import type { Send } from '#src/upstreams/transport/types.ts'
import { createTokenSource } from '../../support/liondesk.ts'
import { createRunOptions } from '../../support/properties.ts'
import { createClock, toSettled } from '../../support/transport.ts'

interface Step {
  /** Whether LionDesk had received it by then. */
  arrives: boolean
  /** In that case it had no effect. */
  refused?: boolean
  cause?: object
  reply?: [number, string]
}

/** How one attempt ends. */
const steps: fc.Arbitrary<Step> = fc.constantFrom(
  { arrives: false, cause: { code: 'ECONNREFUSED', syscall: 'connect' } },
  { arrives: false, cause: { code: 'UND_ERR_CONNECT_TIMEOUT' } },
  { arrives: false, cause: { code: 'ENOTFOUND', syscall: 'getaddrinfo' } },
  { arrives: true, cause: { code: 'ECONNRESET', syscall: 'read' } },
  { arrives: true, cause: { code: 'EPIPE', syscall: 'write' } },
  { arrives: true, cause: { code: 'EHOSTUNREACH', syscall: 'read' } },
  { arrives: true, cause: { code: 'UND_ERR_SOCKET' } },
  { arrives: true, cause: { name: 'TimeoutError' } },
  { arrives: true, reply: [201, '{"id": "1"}'] },
  { arrives: true, reply: [201, ''] },
  { arrives: true, reply: [200, '{"id": '] },
  { arrives: true, reply: [200, '<html>'] },
  { arrives: true, reply: [302, ''] },
  { arrives: true, refused: true, reply: [401, ''] },
  { arrives: true, reply: [404, ''] },
  { arrives: true, reply: [408, ''] },
  { arrives: true, reply: [429, ''] },
  ...[500, 502, 503, 504].map((status): Step => ({ arrives: true, reply: [status, '{}'] })),
)

/** What happens after LionDesk has rejected a token. */
const renewals: Record<string, TokenSource['renew']> = {
  none: async () => null,
  another: async () => 'another',
  'the account is lost': async () => {
    throw new Problem('reauthorization-required')
  },
}

/** It allocates memory for all its entries, so one for each write would be slow. */
const responseMemo = createResponseMemo()

const clientOn = (send: Send, url = 'http://127.0.0.1:9', tokens = createTokenSource('token')) =>
  createLionDesk({
    account: { tenant: 't', baseUrl: url },
    tokens,
    send,
    responseMemo,
    drift: () => {},
    now: () => new Date(0),
  })

const context = () => ({ signal: new AbortController().signal, includeSource: false })

test('10,000 schedules of faults', async () => {
  const write = fc.record({
    isCreate: fc.boolean(),
    // Before and after a rejection of the token: nothing was sent, and one more attempt.
    schedule: fc.array(steps, { minLength: 4, maxLength: 4 }),
    renewal: fc.constantFrom(...Object.values(renewals)),
  })
  const property = fc.asyncProperty(fc.array(write, { minLength: 1, maxLength: 3 }), async (writes) => {
    const { now } = createClock()
    const random = () => 0
    let schedule: Step[] = []
    let arrived = 0
    let sent = 0
    const attempt: Send = async (request) => {
      // The call of `readBack` may be repeated.
      if (request.method === 'GET') throw createTransportProblem(request, 'upstream-failed')
      const step = schedule[sent] as Step
      sent += 1
      if (step.arrives && !step.refused) arrived += 1
      if (step.cause) throw createTransportProblem(request, 'upstream-failed', step.cause)
      const [status, text] = step.reply as [number, string]
      return request.read({ status, retryAfter: null, body: Buffer.from(text) }, request.isRetry === true)
    }
    const policies = [createRetry({ now, random }), createBulkhead().bulkhead, createBreaker({ now, random }).breaker]
    const through = compose(policies, attempt)
    for (const { isCreate, schedule: next, renewal } of writes) {
      ;[schedule, arrived, sent] = [next, 0, 0]
      const liondesk = clientOn(through, undefined, { ...createTokenSource('token'), renew: renewal })
      const outcome = await toSettled<unknown>(
        isCreate ? liondesk.create('7', {}, context()) : liondesk.patch('7', '1', {}, context()),
      )
      expect(arrived).toBeLessThanOrEqual(1)
      // The reported outcome never contradicts what happened: neither a definite failure nor a success.
      const isDone = !(outcome instanceof Error)
      const isUnknown = (outcome as { fields?: { outcome?: string } }).fields?.outcome === 'unknown'
      if (isDone || isUnknown) expect(arrived).toBe(1)
      const last = schedule[sent - 1]
      if (arrived === 1 && last?.cause) expect(isUnknown).toBe(true)
    }
  })
  await fc.assert(property, createRunOptions(10_000))
})

/** A raw server: each connection follows the next step of a schedule, and complete requests are counted. */
const chaos = { schedule: [] as string[], arrived: new Map<string, number>() }
const sockets = new Set<Socket>()
let server: Server
let url: string

const answer = (status: string, body: string) =>
  `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`

const doAs = (step: string | undefined, socket: Socket): void => {
  if (step === 'reset') socket.resetAndDestroy()
  else if (step === 'end') socket.end()
  else if (step === 'half a head') socket.end('HTTP/1.1 201 Cre')
  else if (step === 'half a body') socket.end(answer('201 Created', '{"id": "1"}').slice(0, -4))
  else if (step === 'cut') socket.end(answer('200 OK', '{"id": '))
  else if (step === 'rubbish') socket.end('rubbish\r\n\r\n')
  else if (step === '503') socket.end(answer('503 Unavailable', '{}'))
  else if (step === '201') socket.end(answer('201 Created', '{"id": "1"}'))
  // 'hang': no reply.
}

beforeAll(async () => {
  server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    const [step] = chaos.schedule
    if (step === 'reset at once') {
      chaos.schedule.shift()
      socket.resetAndDestroy()
      return
    }
    socket.on('data', (data) => {
      const [, event] = /^(?:POST|PATCH) \/events\/(\d+)\//.exec(data.toString()) ?? []
      if (event === undefined) return
      chaos.arrived.set(event, (chaos.arrived.get(event) ?? 0) + 1)
      doAs(chaos.schedule.shift(), socket)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as { port: number }).port}`
})

afterAll(async () => {
  for (const socket of sockets) socket.destroy()
  await new Promise((resolve) => server.close(resolve))
})

test('300 schedules through real sockets', async () => {
  const { now, pass } = createClock()
  const transport = createTransport({ now: () => new Date(now()), random: () => 0 })
  const hasty = { ...limits.liondeskWrite, attemptTimeoutMs: 40 }
  const liondesk = clientOn((request, signal) => transport.send({ ...request, limits: hasty }, signal), url)
  const kinds = ['reset', 'reset at once', 'end', 'half a head', 'half a body', 'cut', 'rubbish', '503', '201', 'hang']
  const schedules = fc.array(fc.constantFrom(...kinds), { minLength: 3, maxLength: 3 })
  let run = 0
  const property = fc.asyncProperty(schedules, fc.boolean(), async (schedule, isCreate) => {
    chaos.schedule = [...schedule]
    // An abandoned request may still arrive during the next run, so each run writes to its own event.
    const event = String(++run)
    pass(3_600_000)
    const outcome = await toSettled<unknown>(
      isCreate
        ? liondesk.create(event, { city: 'Reno' }, context())
        : liondesk.patch(event, '1', { city: 'x' }, context()),
    )
    const arrived = chaos.arrived.get(event) ?? 0
    if (!(outcome instanceof Error)) expect(arrived).toBe(1)
    else if (arrived === 1) expect(outcome).toMatchObject({ fields: { outcome: 'unknown' } })
  })
  await fc.assert(property, createRunOptions(300))
  await transport.close()
  expect(Math.max(...chaos.arrived.values())).toBe(1)
  expect(chaos.arrived.size).toBeGreaterThan(200)
})
