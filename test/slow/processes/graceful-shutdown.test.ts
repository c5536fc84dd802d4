/** At shutdown, a process answers all open requests, sends new ones elsewhere, and exits with 0. */
import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { connect } from 'node:net'
import { json } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts'
import { type GatewayProcess, startGateway } from '../../support/gateway-process.ts'
import { createEnvironment } from '../../support/test-gateway.ts'

let sandbox: Sandbox
let gateway: GatewayProcess

beforeAll(async () => {
  sandbox = await startSandbox({ leads: 25_000 })
})

beforeEach(async () => {
  sandbox.control.reset()
  gateway = await startGateway({ ...createEnvironment(sandbox), FOYER_AUTH: 'off', FOYER_RATE_LIMIT: 'off' })
})

afterAll(() => sandbox.close())

interface Reply {
  status: number
  isLast: boolean
  body: any
}

const ask = async (path: string, agent?: Agent): Promise<Reply> => {
  const request = get(`${gateway.url}${path}`, { ...(agent && { agent }) })
  const [response] = await once(request, 'response')
  const isLast = response.headers.connection === 'close'
  return { status: response.statusCode, isLast, body: await json(response) }
}

/** Sends requests without a pause over persistent connections, until it is told to close them. */
const work = async (path: string): Promise<number[]> => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const statuses: number[] = []
  for (let isLast = false; !isLast; ) {
    const reply = await ask(path, agent)
    statuses.push(reply.status)
    isLast = reply.isLast
  }
  agent.destroy()
  return statuses
}

/** Waits until the process has received the signal. */
const untilNotReady = async (): Promise<Reply> => {
  for (;;) {
    const reply = await ask('/health/ready')
    if (reply.status !== 200) return reply
  }
}

const slowly = (ms: number) => sandbox.control.spacio.fault({ operation: 'getOHSessions', kind: 'latency', ms })

test('under load no request fails', async () => {
  slowly(2_500)
  const workers = Array.from({ length: 16 }, (_, index) => work(index % 2 ? '/problems/internal' : '/properties/10101'))
  const slow = ask('/properties/10101/open-houses')
  const stream = await fetch(`${gateway.url}/leads/feed?brokerageId=b1001`, {
    headers: { accept: 'text/event-stream' },
  })
  const idle = connect(Number(new URL(gateway.url).port), '127.0.0.1')
  idle.write('GET /health/ready HTTP/1.1\r\nhost: localhost\r\n\r\n')
  await once(idle, 'data')

  gateway.kill('SIGTERM')

  expect(await untilNotReady()).toMatchObject({ status: 503, isLast: true, body: { code: 'overloaded' } })
  expect(await stream.text()).toMatch(/retry: \d+\n\n$/)
  for (const statuses of await Promise.all(workers)) expect(new Set(statuses)).toEqual(new Set([200]))
  if (!idle.closed) await once(idle.resume(), 'close')
  expect(await slow).toMatchObject({ status: 200, body: { pagination: {} } })
  expect(await gateway.exit).toBe(0)
  expect(gateway.output()).not.toMatch(/"level":(50|60)/)
})

test('a second signal ends the process immediately', async () => {
  slowly(60_000)
  const lost = ask('/properties/10101/open-houses').catch(() => 'lost')
  gateway.kill('SIGINT')
  await untilNotReady()
  gateway.kill('SIGTERM')
  expect(await gateway.exit).toBe(1)
  expect(await lost).toBe('lost')
})

const day = (ago: number): string => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10)

/** A persistent connection on which a large file is being sent. */
const exporting = async () => {
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1').setEncoding('utf8')
  let received = ''
  socket.on('data', (text: string) => {
    received += text
  })
  const query = `brokerageId=b1001&from=${day(360)}&to=${day(0)}&format=ndjson`
  socket.write(`GET /leads/export?${query} HTTP/1.1\r\nhost: localhost\r\n\r\n`)
  await once(socket, 'data')
  return { socket, received: () => received, closed: once(socket, 'close') }
}

const untilNobodyListens = async (): Promise<void> => {
  while (
    await ask('/health/live').then(
      () => true,
      () => false,
    )
  );
}

test('a stream that has begun is sent to its end, and no later data is lost', async () => {
  sandbox.control.spacio.fault({ operation: '*', kind: 'latency', ms: 75 })
  const [single, followed] = [await exporting(), await exporting()]
  gateway.kill('SIGTERM')
  await untilNobodyListens()
  expect([single, followed].map(({ received }) => received().endsWith('0\r\n\r\n'))).toEqual([false, false])
  followed.socket.write('GET /problems/internal HTTP/1.1\r\nhost: localhost\r\n\r\n')
  await Promise.all([single.closed, followed.closed])
  expect(single.received()).toMatch(/\r\n0\r\n\r\n$/)
  expect(followed.received()).toMatch(/\r\n0\r\n\r\nHTTP\/1\.1 200 OK\r\n/)
  expect(await gateway.exit).toBe(0)
})
