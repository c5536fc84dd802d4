/** `listenToFeed` of the typed client: with a gateway, and with scripted replies for timing and failures. */
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  createFoyer,
  FoyerProblem,
  type ListenOptions,
  type LiveLead,
  listenToFeed,
} from '../../../clients/typescript/src/index.ts'
import { openSandboxAndGateway } from '../../support/test-gateway.ts'

const closers: (() => unknown)[] = []

afterEach(async () => {
  vi.useRealTimers()
  for (const close of closers.splice(0).reverse()) await close()
})

/** Listens in the background until the test ends, and collects what it receives. */
const listen = (options: Omit<ListenOptions, 'query' | 'signal'> & { query?: ListenOptions['query'] }) => {
  const abort = new AbortController()
  const received: LiveLead[] = []
  const errors: any[] = []
  const query = { brokerageId: 'b1001', ...options.query }
  const feed = listenToFeed({ onError: (error) => errors.push(error), ...options, query, signal: abort.signal })
  const ended = (async () => {
    for await (const live of feed) received.push(live)
  })()
  const thrown = ended.then(
    () => null,
    (error: unknown) => error,
  )
  const stop = () => {
    abort.abort()
    return ended
  }
  closers.push(() => {
    abort.abort()
    return thrown
  })
  return { errors, received, names: () => received.map(({ lead }) => lead.fullName), thrown, stop }
}

describe('against a gateway', () => {
  const open = async () => {
    const env = { FOYER_FEED_FLOOR: '0.05', SPACIO_HOURLY_BUDGET: '10000000' }
    const foyer = await openSandboxAndGateway({ sandbox: { leads: 200 }, env })
    closers.push(() => {
      // Node's fetch keeps connections open, and a server waits for them when it closes.
      foyer.app.server.closeAllConnections()
      return foyer.close()
    })
    const baseUrl = await foyer.app.listen({ host: '127.0.0.1', port: 0 })
    const dateCreated = () => new Date().toISOString().slice(0, 19).replace('T', ' ')
    return {
      app: foyer.app,
      client: createFoyer({ baseUrl, apiKey: 'any' }),
      arrive: (name: string) => foyer.sandbox.control.spacio.addLead({ sid: 10101, name, dateCreated: dateCreated() }),
    }
  }

  test('a lead that arrives while the connection is lost comes once, after the leads before it', async () => {
    const { app, client, arrive } = await open()
    const { names, errors } = listen({ client, pause: 1 })
    await expect.poll(app.gateway.feed.countListeners).toBe(1)
    app.server.closeAllConnections()
    arrive('First')
    await expect.poll(names).toEqual(['First'])
    app.server.closeAllConnections()
    arrive('Second')
    await expect.poll(names).toEqual(['First', 'Second'])
    expect(errors.length).toBeGreaterThanOrEqual(2)
  })

  test('an abort ends it without an error, and ends the stream', async () => {
    const { app, client } = await open()
    const { stop } = listen({ client })
    await expect.poll(app.gateway.feed.countListeners).toBe(1)
    await stop()
    await expect.poll(app.gateway.feed.countListeners).toBe(0)
  })

  test('a rejection is thrown as a typed problem', async () => {
    const { client } = await open()
    const { thrown, errors } = listen({ client, query: { after: 'forged' } })
    expect(await thrown).toMatchObject({ name: 'FoyerProblem', code: 'invalid-request', status: 400 })
    expect(errors).toEqual([])
  })
})

type Reply = () => Response | Promise<Response>

const lead = (fullName: string, id: string) => `event: lead\nid: ${id}\ndata: ${JSON.stringify({ fullName })}\n\n`

const stream =
  (...frames: string[]): Reply =>
  () =>
    new Response(frames.join(''), { headers: { 'content-type': 'text/event-stream; charset=utf-8' } })

const problem =
  (status: number, fields: object): Reply =>
  () =>
    new Response(JSON.stringify({ status, title: 'T', detail: 'D.', ...fields }), {
      status,
      headers: { 'content-type': 'application/problem+json' },
    })

const page =
  (status: number): Reply =>
  () =>
    new Response('<!DOCTYPE html>', { status, headers: { 'content-type': 'text/html' } })

const unreachable: Reply = () => Promise.reject(new TypeError('fetch failed'))

/** An endless stream. The function sends text into it. */
const openStream = () => {
  let send: (text: string) => void = () => {}
  const reply = (signal: AbortSignal) => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        send = (text) => controller.enqueue(new TextEncoder().encode(text))
        signal.addEventListener('abort', () => controller.error(signal.reason))
      },
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }
  return { reply, send: (text: string) => send(text) }
}

/** A client that receives the given replies, then waits forever. It records each request and its time. */
const script = (...replies: ((signal: AbortSignal) => Response | Promise<Response>)[]) => {
  const sent: { url: string; accept: string | null; at: number }[] = []
  const client = createFoyer({
    baseUrl: 'http://gateway',
    apiKey: 'k',
    fetch: async (input) => {
      const { url, headers, signal } = input as Request
      sent.push({ url: url.replace('http://gateway', ''), accept: headers.get('accept'), at: Date.now() })
      return (replies.shift() ?? openStream().reply)(signal)
    },
  })
  return { client, sent, urls: () => sent.map(({ url }) => url) }
}

describe('resuming', () => {
  test('it asks for a position first, and each connection continues after the last lead', async () => {
    const { client, sent, urls } = script(
      () => Response.json({ data: [], cursor: 'c0' }),
      stream(lead('One', 'c1'), lead('Two', 'c2')),
      stream(': still here\nid: c2\n\n'),
      unreachable,
    )
    const { names, received } = listen({ client, pause: 1 })
    await expect.poll(() => sent.length).toBe(5)
    expect(names()).toEqual(['One', 'Two'])
    expect(received.map(({ cursor, isRestart }) => [cursor, isRestart])).toEqual([
      ['c1', false],
      ['c2', false],
    ])
    const feed = '/leads/feed?brokerageId=b1001'
    expect(urls()).toEqual([feed, `${feed}&after=c0`, ...Array(3).fill(`${feed}&after=c2`)])
    expect(sent.map(({ accept }) => accept)).toEqual([null, ...Array(4).fill('text/event-stream')])
  })

  test.for([
    ['a reply', problem(410, { code: 'cursor-expired' })],
    ['an event', stream(`event: problem\ndata: ${JSON.stringify({ status: 410, code: 'cursor-expired' })}\n\n`)],
  ] as const)('an expired cursor restarts a week back, and the next lead says so: %s', async ([, expired]) => {
    const { client, urls } = script(expired, stream(lead('Old', 'c1'), lead('New', 'c2')))
    const { received, errors } = listen({ client, pause: 1, query: { after: 'c0' } })
    await expect.poll(() => received.map(({ isRestart }) => isRestart)).toEqual([true, false])
    const weekAgo = new Date(Date.now() - 7 * 86_400_000).toISOString().slice(0, 10)
    expect(urls()[1]).toBe(`/leads/feed?brokerageId=b1001&from=${weekAgo}`)
    expect(errors).toMatchObject([{ code: 'cursor-expired' }])
  })
})

describe('failures', () => {
  test.for<[string, Reply, object]>([
    ['403', problem(403, { code: 'forbidden' }), { name: 'FoyerProblem', code: 'forbidden' }],
    ['404 of something else than the gateway', page(404), { message: 'HTTP 404, and no problem document' }],
  ])('%s ends it', async ([, reply, want]) => {
    const { client, sent } = script(reply)
    const { thrown } = listen({ client, query: { after: 'c0' } })
    expect(await thrown).toMatchObject(want)
    expect(sent).toHaveLength(1)
  })

  test.for<[string, Reply, object]>([
    ['no reply', unreachable, { message: 'fetch failed' }],
    ['503', problem(503, { code: 'overloaded' }), { name: 'FoyerProblem', code: 'overloaded' }],
    ['502 of a proxy', page(502), { message: 'HTTP 502, and no problem document' }],
    ['a page in place of a stream', page(200), { message: 'HTTP 200, and no event stream' }],
  ])('%s does not end it', async ([, reply, want]) => {
    const { client } = script(reply, stream(lead('One', 'c1')))
    const { names, errors } = listen({ client, pause: 1, query: { after: 'c0' } })
    await expect.poll(names).toEqual(['One'])
    expect(errors).toMatchObject([want])
  })

  test('a problem in the stream is reported, and the stream continues', async () => {
    const failure = JSON.stringify({ title: 'T', detail: 'D.', status: 502, code: 'upstream-failed' })
    const { client, sent } = script(stream(`event: problem\ndata: ${failure}\n\n`, lead('One', 'c1')))
    const { names, errors } = listen({ client, query: { after: 'c0' } })
    await expect.poll(names).toEqual(['One'])
    expect(errors[0]).toBeInstanceOf(FoyerProblem)
    expect(errors).toMatchObject([{ code: 'upstream-failed' }])
    expect(sent).toHaveLength(1)
  })

  test('without onError, failures are ignored', async () => {
    const { client } = script(unreachable, stream(lead('One', 'c1')))
    const feed = listenToFeed({ client, query: { after: 'c0' }, pause: 1 })
    expect((await feed.next()).value).toMatchObject({ cursor: 'c1' })
    await feed.return()
  })
})

describe('waiting', () => {
  /** The pauses between the requests, on a clock that jumps from timer to timer. */
  const measure = async (replies: Reply[], count: number): Promise<number[]> => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    const { client, sent } = script(...replies)
    const { stop } = listen({ client, query: { after: 'c0' } })
    while (sent.length <= count) await vi.advanceTimersToNextTimerAsync()
    await stop()
    return sent.slice(1).map(({ at }, index) => at - (sent[index]?.at ?? 0))
  }

  test('the pause doubles with each failure up to 30 seconds, and half of it is random', async () => {
    const pauses = await measure(Array(8).fill(unreachable), 8)
    for (const [index, pause] of pauses.entries()) {
      const max = Math.min(30_000, 1_000 * 2 ** index)
      expect(pause).toBeGreaterThanOrEqual(max / 2)
      expect(pause).toBeLessThanOrEqual(max)
    }
    expect(pauses).toHaveLength(8)
  })

  test.for([
    ['a lead', lead('One', 'c1')],
    ['a sign of life', ': still here\nid: c0\n\n'],
  ])('%s resets it', async ([, frame = '']) => {
    const [, , , last = 0] = await measure([unreachable, unreachable, unreachable, stream(frame)], 4)
    expect(last).toBeLessThanOrEqual(1_000)
  })

  test('the gateway can demand a pause: as Retry-After of a problem, and as retry of a stream', async () => {
    const refused = stream(
      'retry: 7000\n\n',
      `event: problem\ndata: ${JSON.stringify({ status: 429, code: 'rate-limited' })}\n\n`,
    )
    const limited = problem(429, { code: 'rate-limited', retryAfter: 45 })
    expect(await measure([refused, limited], 2)).toEqual([7_000, 45_000])
  })

  test('a silent stream is abandoned after a minute; comments keep it alive', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    const { reply, send } = openStream()
    const { client, sent } = script(reply)
    const { errors, stop } = listen({ client, query: { after: 'c0' } })
    await vi.advanceTimersByTimeAsync(50_000)
    send(': still here\n\n')
    await vi.advanceTimersByTimeAsync(50_000)
    expect(sent).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(15_000)
    expect(sent).toHaveLength(2)
    expect(errors).toMatchObject([{ message: 'The live feed has been silent.' }])
    await stop()
  })

  test('a caller that takes long over a lead does not lose the connection', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    const { reply, send } = openStream()
    const { client, sent } = script(reply)
    const feed = listenToFeed({ client, query: { after: 'c0' } })
    const first = feed.next()
    await vi.advanceTimersByTimeAsync(0)
    send(lead('One', 'c1'))
    await first
    await vi.advanceTimersByTimeAsync(120_000)
    const second = feed.next()
    send(lead('Two', 'c2'))
    expect((await second).value).toMatchObject({ cursor: 'c2' })
    expect(sent).toHaveLength(1)
    await feed.return()
  })

  test('an abort ends the pause, also from within onError', async () => {
    const { client, sent } = script(unreachable, unreachable)
    const { stop, errors } = listen({ client, query: { after: 'c0' }, pause: 3_600_000 })
    await expect.poll(() => errors.length).toBe(1)
    await stop()

    const abort = new AbortController()
    const options = { client, query: { after: 'c0' }, pause: 3_600_000, signal: abort.signal }
    const feed = listenToFeed({ ...options, onError: () => abort.abort() })
    expect(await feed.next()).toMatchObject({ done: true })
    expect(sent).toHaveLength(2)
  })

  test('an abort is no failure', async () => {
    const { client, sent } = script(openStream().reply)
    const { stop, errors } = listen({ client, query: { after: 'c0' }, pause: 1 })
    await expect.poll(() => sent.length).toBe(1)
    await stop()
    expect(errors).toEqual([])
  })
})
