import { once } from 'node:events'
import { connect } from 'node:net'
import Fastify from 'fastify'
import { afterEach, describe, expect, test } from 'vitest'
import type { LiveEvent } from '#src/gateway/feed/index.ts'
import publicPath from '#src/plugins/connection/public-path.ts'
import eventStream from '#src/plugins/response/event-stream.ts'
import { openStore } from '#src/store/index.ts'
import { createMemoryStore } from '#src/store/memory/index.ts'
import { type EventReader, openEventReader } from '../../support/event-reader.ts'
import { createFeedWorld, createReplica, hourMs, leaseKey, listenTo, secondMs } from '../../support/feed-world.ts'
import { closeAfterTest, createPath, runCleanup } from '../../support/store/temporary.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

const closers: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
  await runCleanup()
})

const quick = { FOYER_FEED_FLOOR: '0.05', SPACIO_HOURLY_BUDGET: '10000000' }
/** One poll, and no further one during a test. */
const rare = { FOYER_FEED_FLOOR: '3600', FOYER_FEED_CEILING: '3600' }

const feed = '/leads/feed?brokerageId=b1001'
const lease = `poller ${JSON.stringify(['feed', 'default', 'brokerage', 'b1001'])}`

interface LiveHouse extends SandboxGateway {
  url: string
  read(url?: string, headers?: Record<string, string>): Promise<EventReader>
  arrive(name?: string): string
  calls(): number
}

const liveHouse = async (env: Record<string, string> = quick, now?: () => Date): Promise<LiveHouse> => {
  const foyer = await openSandboxAndGateway({
    sandbox: { leads: 500, ...(now && { now: now() }) },
    env,
    ...(now && { now }),
    logCheckIntervalMs: 100,
  })
  closers.push(foyer.close)
  await foyer.app.listen({ host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${(foyer.app.server.address() as { port: number }).port}`
  const { spacio } = foyer.sandbox.control
  return {
    ...foyer,
    url,
    read: async (path = feed, headers = {}) => {
      const reader = await openEventReader(url + path, headers)
      closers.push(reader.disconnect)
      return reader
    },
    arrive: (name = 'Newcomer') => {
      const dateCreated = (now?.() ?? new Date()).toISOString().slice(0, 19).replace('T', ' ')
      return spacio.addLead({ sid: 10101, name, dateCreated })[0]?.id as string
    },
    calls: () => spacio.requests().length,
  }
}

describe('the stream', () => {
  test('sends its start position, then each new lead with the cursor after it', async () => {
    const foyer = await liveHouse()
    const reader = await foyer.read()
    expect([reader.status, reader.headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8'])
    expect(reader.headers['cache-control']).toBe('no-store, no-transform')
    await expect.poll(reader.lastId).not.toBe('')
    expect(reader.text()).toBe(`: still here\nid: ${reader.lastId()}\n\n`)

    const id = foyer.arrive('Zoë\n“new”')
    await expect.poll(reader.leadIds).toEqual([id])
    const [event] = reader.events
    expect(event).toMatchObject({ event: 'lead', data: { id, fullName: 'Zoë\n“new”', sid: 10101 } })
    expect(event?.id).toMatch(/^[\w-]+\.[\w-]+$/)
    expect((await foyer.get(`${feed}&after=${event?.id}`)).body.data).toEqual([])
  })

  test('resumes without duplicates at Last-Event-ID, which has precedence over after', async () => {
    const foyer = await liveHouse()
    const first = await foyer.read()
    await expect.poll(first.lastId).not.toBe('')
    const start = first.lastId()
    first.disconnect()
    const missed = foyer.arrive('Missed')
    const second = await foyer.read(feed, { 'last-event-id': start })
    await expect.poll(second.leadIds).toEqual([missed])

    const next = foyer.arrive('Next')
    await expect.poll(second.leadIds).toEqual([missed, next])
    const both = await foyer.read(`${feed}&after=${start}`, { 'last-event-id': second.events[0]?.id as string })
    await expect.poll(both.leadIds).toEqual([next])
    const after = await foyer.read(`${feed}&after=${start}`)
    await expect.poll(after.leadIds).toEqual([missed, next])
  })

  test('accepts a ticket, and rejects an invalid cursor or ticket with an error response', async () => {
    const foyer = await liveHouse()
    const { ticket } = (await foyer.send('POST', '/leads/feed/tickets', { brokerageId: 'b1001' })).body
    const reader = await foyer.read(`${feed}&ticket=${ticket}`)
    const id = foyer.arrive()
    await expect.poll(reader.leadIds).toEqual([id])
    expect((await foyer.read(`/leads/feed?teamId=t2001&ticket=${ticket}`)).status).toBe(403)
    expect((await foyer.read(`${feed}&ticket=x`)).status).toBe(401)
    expect((await foyer.read(feed, { 'last-event-id': 'x' })).status).toBe(400)
    const reply = await foyer.get(feed, { 'last-event-id': 'x' })
    expect(reply.body).toMatchObject({
      detail: 'last-event-id is not a cursor of this feed.',
      errors: [{ path: 'header/last-event-id' }],
    })
  })

  test('reports an upstream failure as an event and recovers by itself', async () => {
    const foyer = await liveHouse()
    const reader = await foyer.read()
    await expect.poll(reader.lastId).not.toBe('')
    foyer.sandbox.control.spacio.fault({ operation: '*', kind: 'error', code: 'access-denied' })
    await expect.poll(() => reader.events.map(({ event }) => event)).toContain('problem')
    expect(reader.events[0]?.data).toMatchObject({ status: 403, code: 'upstream-access-denied' })
    foyer.sandbox.control.spacio.clearFaults()
    const id = foyer.arrive()
    await expect.poll(reader.leadIds).toEqual([id])
  })

  test('serves 200 listeners with the calls of one, and each gets the lead', async () => {
    let instant = Date.now()
    const foyer = await liveHouse(rare, () => new Date(instant))
    const first = await foyer.read()
    await expect.poll(first.lastId).not.toBe('')
    const readers = [first]
    expect(foyer.calls()).toBe(1)
    while (readers.length < 200) readers.push(...(await Promise.all(Array.from({ length: 10 }, () => foyer.read()))))
    await expect.poll(() => readers.every((reader) => reader.lastId() !== '')).toBe(true)
    expect(foyer.calls()).toBe(1)

    const id = foyer.arrive()
    instant += 6 * secondMs
    await foyer.get(feed)
    expect(foyer.calls()).toBe(2)
    await expect.poll(() => readers.every((reader) => reader.leadIds()[0] === id)).toBe(true)
    expect(foyer.calls()).toBe(2)
  })

  test('stops polling when the last listener has left', async () => {
    const path = createPath()
    const foyer = await liveHouse({ ...quick, FOYER_STORE_URL: `file:${path}` })
    const store = closeAfterTest(openStore(`file:${path}`))
    const readers = [await foyer.read(), await foyer.read()]
    await expect.poll(foyer.calls).toBeGreaterThan(5)
    readers[0]?.disconnect()
    const calls = foyer.calls()
    await expect.poll(foyer.calls).toBeGreaterThan(calls + 3)
    expect(await store.get(lease)).not.toBeNull()
    readers[1]?.disconnect()
    // After it has released the lease, it makes no call.
    await expect.poll(() => store.get(lease)).toBeNull()
  })

  test('is not started by a HEAD request', async () => {
    const path = createPath()
    const foyer = await liveHouse({ ...quick, FOYER_STORE_URL: `file:${path}` })
    const store = closeAfterTest(openStore(`file:${path}`))
    const reply = await foyer.app.inject({ method: 'HEAD', url: feed, headers: { accept: 'text/event-stream' } })
    expect([reply.statusCode, reply.headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8'])
    await foyer.get(feed)
    expect(await store.get(lease)).toBeNull()
  })

  test('ends at shutdown with a reconnect delay', async () => {
    const foyer = await liveHouse()
    const reader = await foyer.read()
    await expect.poll(reader.lastId).not.toBe('')
    await Promise.all([foyer.app.close(), reader.ended])
    expect(reader.text()).toMatch(/\n\nretry: \d+\n\n$/)
    expect(reader.retry()).toBeGreaterThanOrEqual(2_000)
    expect(reader.retry()).toBeLessThanOrEqual(10_000)
  })

  test('of two gateways on one file is polled by one and delivered by both', async () => {
    let instant = Date.now()
    const now = () => new Date(instant)
    const env = { ...rare, FOYER_STORE_URL: `file:${createPath()}` }
    const one = await liveHouse(env, now)
    const first = await one.read()
    expect(one.calls()).toBe(1)
    const { spacio } = one.sandbox
    const two = await liveHouse({ ...env, SPACIO_BASE_URL: spacio.url, SPACIO_API_KEY: spacio.apiKey }, now)
    const second = await two.read()
    await expect.poll(second.lastId).not.toBe('')
    const id = one.arrive()
    instant += 6_000
    await one.get(feed)
    await expect.poll(second.leadIds).toEqual([id])
    await expect.poll(first.leadIds).toEqual([id])
    // The poll of the JSON feed, and one of the second gateway, which did not have the lead.
    expect(one.calls()).toBe(3)
    expect(two.calls()).toBe(0)
  })
})

describe('the generator of events', () => {
  const listening = async (settings: object, skew = 0) => {
    const world = createFeedWorld()
    const store = createMemoryStore(() => world.clock)
    const replica = createReplica(world, store, skew, settings)
    const leaving = new AbortController()
    const events = await listenTo(replica, {}, leaving.signal)
    closers.push(() => {
      leaving.abort()
      return events.return()
    })
    return { world, store, replica, leaving, events }
  }

  const next = async (events: AsyncIterator<LiveEvent, void>) => (await events.next()).value as LiveEvent

  test('sends a heartbeat with the cursor when nothing happens', async () => {
    const { events } = await listening({ heartbeatMs: 20, minIntervalMs: hourMs, maxIntervalMs: hourMs })
    const first = await next(events)
    expect(first.kind).toBe('idle')
    expect(await next(events)).toEqual(first)
    expect(await next(events)).toEqual(first)
  })

  test('does not repeat a failed poll before its interval, including the first one', async () => {
    const { events, replica } = await listening({ heartbeatMs: 20, minIntervalMs: hourMs, maxIntervalMs: hourMs })
    replica.failures = Number.POSITIVE_INFINITY
    for (let count = 0; count < 5; count += 1) await next(events)
    // One at the beginning, and the poller's first one.
    expect(replica.streams.length).toBeLessThanOrEqual(2)
  })

  test('stops listening and releases the lease when its signal aborts', async () => {
    const { events, store, leaving } = await listening({
      heartbeatMs: hourMs,
      minIntervalMs: hourMs,
      maxIntervalMs: hourMs,
    })
    await next(events)
    const waiting = events.next()
    await expect.poll(() => store.get(leaseKey)).not.toBeNull()
    leaving.abort()
    expect((await waiting).done).toBe(true)
    await expect.poll(() => store.get(leaseKey)).toBeNull()
  })

  test('ends with cursor-expired if the log was lost, so that no lead is skipped silently', async () => {
    const world = createFeedWorld()
    let store = createMemoryStore()
    const shifting = new Proxy({} as typeof store, { get: (_, name) => Reflect.get(store, name) })
    const replica = createReplica(world, shifting, 0, { heartbeatMs: 20, minIntervalMs: 20, maxIntervalMs: 20 })
    const leaving = new AbortController()
    closers.push(() => leaving.abort())
    const events = await listenTo(replica, {}, leaving.signal)
    await next(events)
    store = createMemoryStore()
    const kinds: unknown[] = []
    for await (const event of events) kinds.push(event.kind === 'problem' ? event.problem.code : event.kind)
    expect(kinds.filter((kind) => kind !== 'idle')).toEqual(['cursor-expired'])
  })

  test('disconnects a client that does not read, and buffers nothing for it', async () => {
    const app = Fastify()
    closers.push(() => app.close())
    await app.register(publicPath, { publicUrl: null })
    await app.register(eventStream, { unreadMs: 200 })
    let given = 0
    const dropped = Promise.withResolvers<void>()
    const event = { kind: 'lead', cursor: 'c', lead: { note: 'x'.repeat(100_000) } } as unknown as LiveEvent
    async function* endless() {
      try {
        for (;;) {
          given += 1
          yield event
        }
      } finally {
        dropped.resolve()
      }
    }
    app.get('/', (_request, reply) => reply.sendLiveFeed(endless()))
    await app.listen({ host: '127.0.0.1', port: 0 })
    const socket = connect((app.server.address() as { port: number }).port, '127.0.0.1')
    socket.pause().on('error', () => {})
    await once(socket, 'connect')
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await dropped.promise
    // The kernel buffers of the two sockets, far less than an endless source could send.
    expect(given * 100_000).toBeLessThan(32 * 1024 * 1024)
    socket.destroy()
  })
})
