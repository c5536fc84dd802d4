/**
 * Which requests occupy a slot, wait for one, and are rejected. test/unit/plugins/admission/load-shedding tests the
 * decisions of the queue.
 */
import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { everyGrant, everyScope, writeClients } from '../../support/clients.ts'
import { startIssuer } from '../../support/jwt-issuer.ts'
import { startStub } from '../../support/stub.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

let foyer: SandboxGateway

const clients = writeClients({
  loud: { scopes: everyScope, grants: everyGrant },
  quiet: { scopes: everyScope, grants: everyGrant },
})

/** With nine slots, a single client gets three. */
const slots = 9
const share = 3

const open = async (shedding = {}) => {
  foyer = await openSandboxAndGateway({
    sandbox: { leads: 200 },
    env: { FOYER_AUTH: 'required', FOYER_CLIENTS_FILE: clients.path },
    shedding: { slots, ...shedding },
  })
}

afterEach(() => foyer.close())

const send = (client: 'loud' | 'quiet', url: string, method = 'GET', body?: unknown) =>
  foyer.send(method, url, body, clients.headers(client))

/** Writes that wait until a test releases them. */
const occupy = async (count: number) => {
  const tokens = foyer.app.gateway.accessTokens
  const { promise, resolve } = Promise.withResolvers<void>()
  tokens.issueForManager = async (email) => {
    await promise
    return { email, ukey: null, accessToken: 'x' }
  }
  const replies: ReturnType<typeof send>[] = []
  while (replies.length < count) {
    replies.push(send('loud', '/managers/m@example.com/access-token', 'POST'))
    await until(() => foyer.app.getInFlightCount() + foyer.app.getWaitingCount() === replies.length)
  }
  await until(() => foyer.app.getInFlightCount() === Math.min(count, share))
  return async () => {
    resolve()
    return (await Promise.all(replies)).map(({ status }) => status)
  }
}

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise(setImmediate)
}

test('requests beyond a client’s share wait, and all of them are answered', async () => {
  await open()
  const release = await occupy(20)
  expect([foyer.app.getInFlightCount(), foyer.app.getWaitingCount()]).toEqual([share, 20 - share])
  expect(await release()).toEqual(Array(20).fill(200))
  expect([foyer.app.getInFlightCount(), foyer.app.getWaitingCount()]).toEqual([0, 0])
})

test('another client of the tenant, and an anonymous client, find free slots meanwhile', async () => {
  await open()
  const release = await occupy(20)
  expect((await send('quiet', '/properties/10101')).status).toBe(200)
  expect((await foyer.get('/problems')).status).toBe(200)
  expect(await release()).not.toContain(503)
})

test('a request that waits too long is rejected as overloaded, without an upstream call', async () => {
  await open()
  const release = await occupy(share)
  const reply = await send('loud', '/leads?brokerageId=b1001')
  expect(reply).toMatchObject({
    status: 503,
    headers: { 'retry-after': '2' },
    body: { code: 'overloaded', retryAfter: 2, title: 'Overloaded' },
  })
  expect(reply.body.requestId).toBe(reply.headers['x-request-id'])
  expect(foyer.sandbox.control.spacio.requests()).toEqual([])
  expect(await release()).toEqual(Array(share).fill(200))
})

test('health checks are answered while all slots are occupied', async () => {
  await open()
  const release = await occupy(20)
  expect((await foyer.get('/health/live')).status).toBe(200)
  expect((await foyer.get('/health/ready')).status).toBe(200)
  await release()
})

test('if too many requests wait, the last one of the longest queue is rejected', async () => {
  await open({ maxWaiting: 4 })
  const release = await occupy(share + 4)
  expect((await send('loud', '/properties/10101')).body.code).toBe('overloaded')
  expect(await release()).toEqual(Array(share + 4).fill(200))
})

const listen = () => foyer.app.listen({ host: '127.0.0.1', port: 0 })

test('a client that disconnects releases its slot or its position in the queue', async () => {
  await open()
  const base = await listen()
  foyer.sandbox.control.spacio.fault({ operation: 'getProperty', kind: 'latency', ms: 60_000 })
  const controller = new AbortController()
  const replies = Array.from({ length: 5 }, (_, index) =>
    fetch(`${base}/properties/1010${index}`, { signal: controller.signal, headers: clients.headers('loud') }).catch(
      () => 'left',
    ),
  )
  await until(() => foyer.app.getInFlightCount() === share && foyer.app.getWaitingCount() === 5 - share)
  controller.abort()
  expect(await Promise.all(replies)).toEqual(Array(5).fill('left'))
  await until(() => foyer.app.getInFlightCount() === 0 && foyer.app.getWaitingCount() === 0)
})

test('a request occupies no slot before its body is complete', async () => {
  await open()
  const { port } = new URL(await listen())
  const key = clients.headers('loud')['x-api-key']
  const sockets = Array.from({ length: 20 }, () => {
    const socket = connect(Number(port), '127.0.0.1').on('error', () => {})
    socket.write(`POST /events/7/properties HTTP/1.1\r\nhost: x\r\nx-api-key: ${key}\r\n`)
    socket.write('content-type: application/json\r\ncontent-length: 100\r\n\r\n{')
    return socket
  })
  await until(() => foyer.app.server.listening)
  expect((await send('loud', '/properties/10101')).status).toBe(200)
  expect([foyer.app.getInFlightCount(), foyer.app.getWaitingCount()]).toEqual([0, 0])
  for (const socket of sockets) socket.destroy()
})

test('a stream releases its slot when it starts', async () => {
  await open()
  const base = await listen()
  const controller = new AbortController()
  const reply = await fetch(`${base}/leads/feed?brokerageId=b1001`, {
    headers: { accept: 'text/event-stream', ...clients.headers('loud') },
    signal: controller.signal,
  })
  expect(reply.status).toBe(200)
  expect(foyer.app.getInFlightCount()).toBe(0)
  controller.abort()
})

test('a rejected request neither occupies a slot nor waits for one', async () => {
  await open()
  const release = await occupy(20)
  expect((await foyer.get('/properties/10101')).status).toBe(401)
  expect((await foyer.get('/nowhere')).status).toBe(404)
  expect((await foyer.send('PUT', '/problems')).status).toBe(405)
  await release()
})

test('a client that disconnects while its token is verified occupies no slot', async () => {
  const issuer = await startIssuer()
  const { promise, resolve } = Promise.withResolvers<void>()
  const keys = await startStub(async (_request, response) => {
    await promise
    response.setHeader('content-type', 'application/json')
    response.end(await (await fetch(issuer.env.FOYER_JWT_JWKS_URL as string)).text())
  })
  const env = { ...issuer.env, FOYER_AUTH: 'required', FOYER_JWT_JWKS_URL: keys.url }
  foyer = await openSandboxAndGateway({ sandbox: { leads: 0 }, env, shedding: { slots } })
  const base = await listen()
  const headers = { authorization: `Bearer ${await issuer.sign({ sub: 'one', scope: 'ops:read' })}` }
  const controller = new AbortController()
  const left = fetch(`${base}/upstreams`, { headers, signal: controller.signal }).catch(() => 'left')
  await until(() => keys.paths.length === 1)
  controller.abort()
  expect(await left).toBe('left')
  while ((await countConnections()) > 0) await new Promise(setImmediate)
  resolve()
  expect((await foyer.get('/upstreams', headers)).status).toBe(200)
  expect([foyer.app.getInFlightCount(), foyer.app.getWaitingCount()]).toEqual([0, 0])
  await keys.close()
  await issuer.close()
})

const countConnections = (): Promise<number> =>
  new Promise((resolve) => foyer.app.server.getConnections((_error, count) => resolve(count)))
