/** A TCP proxy that simulates faults of networks and servers. Its random numbers have a seed, so runs can be repeated. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom, type Random } from '../../../sandbox/random.ts'

/** The fault of one exchange: a request and its reply. Times are in milliseconds. */
export type NetworkFault =
  /** Delays the request and each part of the reply by `ms`, and by up to `jitter` more. */
  | { kind: 'latency'; ms: number; jitter?: number }
  | { kind: 'bandwidth'; bytesPerSecond: number }
  /** Sends the reply byte by byte. */
  | { kind: 'drip'; everyMs: number }
  /** Drops the request and resets the connection. */
  | { kind: 'reset' }
  /** Forwards the request, drops the reply and resets the connection. */
  | { kind: 'reset-before-headers'; ms?: number }
  /** Closes the connection in the body of the reply. */
  | { kind: 'cut'; fraction?: number }
  /** The upstream has already closed the connection, but the client learns it late: the request is lost. */
  | { kind: 'slow-close'; ms: number }
  /** Never sends a reply. It drops the request or the reply. */
  | { kind: 'blackhole'; swallows: 'request' | 'reply' }

export interface Counts {
  connections: number
  exchanges: number
  /** Bytes that were forwarded to the upstream and to the client. */
  up: number
  down: number
}

export interface ChaosProxy {
  url: string
  /** Applies one fault to each exchange whose request contains `on`; the last one repeats. Null: no fault. */
  strike(faults: readonly (NetworkFault | null)[], on?: string): void
  calm(): void
  counts(): Counts
  close(): Promise<void>
}

interface Exchange {
  fault: NetworkFault | null
  /** The beginning of the reply, which contains its head. */
  head: Buffer
  /** Bytes of the reply that arrived earlier. */
  receivedBytes: number
}

/** One connection, with functions that forward bytes. */
interface ProxyLine {
  client: Socket
  random: Random
  pause(milliseconds: number): Promise<unknown>
  up(bytes: Buffer): void
  down(bytes: Buffer): void
}

/** Starts a proxy in front of an HTTP upstream whose replies have a `Content-Length`. */
export const startProxy = async (target: string, { seed = 1 } = {}): Promise<ChaosProxy> => {
  const { hostname, port } = new URL(target)
  const random = createRandom(seed, 'proxy')
  const sockets = new Set<Socket>()
  const counts: Counts = { connections: 0, exchanges: 0, up: 0, down: 0 }
  let plan: { faults: readonly (NetworkFault | null)[]; on: string } = { faults: [], on: '' }

  const nextExchange = (request: Buffer): Exchange => {
    counts.exchanges += 1
    const isMeant = request.includes(plan.on)
    const [fault = null, ...rest] = plan.faults
    if (isMeant && rest.length > 0) plan = { ...plan, faults: rest }
    return { fault: isMeant ? fault : null, head: Buffer.alloc(0), receivedBytes: 0 }
  }

  const server = createServer({ noDelay: true }, (client) => {
    counts.connections += 1
    const upstream = connect({ host: hostname, port: Number(port), noDelay: true })
    for (const socket of [client, upstream]) sockets.add(socket)
    join(client, upstream, { counts, random, nextExchange })
    for (const socket of [client, upstream]) socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  const strike: ChaosProxy['strike'] = (faults, on = '') => {
    plan = { faults, on }
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    strike,
    calm: () => strike([]),
    counts: () => ({ ...counts }),
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

interface ProxyParts {
  counts: Counts
  random: Random
  nextExchange(request: Buffer): Exchange
}

/** Requests and replies alternate on a connection: data from the client after a reply starts a new exchange. */
const join = (client: Socket, upstream: Socket, { counts, random, nextExchange }: ProxyParts): void => {
  const isClosed = new AbortController()
  const line: ProxyLine = {
    client,
    random,
    pause: (milliseconds) => sleep(milliseconds, undefined, { signal: isClosed.signal }),
    up: (bytes) => {
      counts.up += bytes.length
      upstream.write(bytes)
    },
    down: (bytes) => {
      counts.down += bytes.length
      client.write(bytes)
    },
  }
  let exchange: Exchange | null = null
  let isAnswered = true
  const [queueUp, queueDown] = [createSerialQueue(), createSerialQueue()]

  client.on('data', (bytes) => {
    if (isAnswered) exchange = nextExchange(bytes)
    isAnswered = false
    const of = exchange as Exchange
    queueUp(() => passRequest(line, of, bytes))
  })
  upstream.on('data', (bytes) => {
    isAnswered = true
    const of = exchange
    if (of) queueDown(() => passReply(line, of, bytes))
  })
  client.on('close', () => {
    isClosed.abort()
    upstream.destroy()
  })
  upstream.on('close', () => {
    const kind = exchange?.fault?.kind
    if (kind !== 'blackhole' && kind !== 'slow-close') queueDown(async () => void client.end())
  })
  for (const socket of [client, upstream]) socket.on('error', () => {})
}

/** Runs steps one after the other. A step that fails because the client has disconnected is ignored. */
const createSerialQueue = () => {
  let last = Promise.resolve()
  return (step: () => Promise<void>): void => {
    last = last.then(step).catch(() => {})
  }
}

const passRequest = async (line: ProxyLine, { fault }: Exchange, bytes: Buffer): Promise<void> => {
  switch (fault?.kind) {
    case 'reset':
      line.client.resetAndDestroy()
      return
    case 'slow-close':
      await line.pause(fault.ms)
      line.client.end()
      return
    case 'latency':
      await createDelay(line, fault)
      break
    case 'blackhole':
      if (fault.swallows === 'request') return
  }
  line.up(bytes)
}

const passReply = async (line: ProxyLine, exchange: Exchange, bytes: Buffer): Promise<void> => {
  const { fault } = exchange
  switch (fault?.kind) {
    case 'blackhole':
      return
    case 'reset-before-headers':
      await line.pause(fault.ms ?? 0)
      line.client.resetAndDestroy()
      return
    case 'cut':
      return truncateReply(line, exchange, bytes, fault.fraction ?? 0.5)
    case 'drip':
      return sendThrottled(line, bytes, 1, fault.everyMs)
    case 'bandwidth':
      return sendThrottled(line, bytes, Math.max(1, Math.round(fault.bytesPerSecond / 50)), 20)
    case 'latency':
      await createDelay(line, fault)
  }
  line.down(bytes)
}

const createDelay = (
  { random, pause }: ProxyLine,
  { ms, jitter = 0 }: { ms: number; jitter?: number },
): Promise<unknown> => pause(ms + random.next() * jitter)

const sendThrottled = async (line: ProxyLine, bytes: Buffer, portion: number, everyMs: number): Promise<void> => {
  for (let at = 0; at < bytes.length; at += portion) {
    await line.pause(everyMs)
    line.down(bytes.subarray(at, at + portion))
  }
}

/** Never sends the last byte, whatever the fraction. */
const truncateReply = async (line: ProxyLine, exchange: Exchange, bytes: Buffer, fraction: number): Promise<void> => {
  exchange.head = Buffer.concat([exchange.head, bytes])
  const headEnd = exchange.head.indexOf('\r\n\r\n') + 4
  const length = Number(/content-length: (\d+)/i.exec(exchange.head.toString('latin1', 0, headEnd))?.[1] ?? 0)
  const wantedBytes =
    headEnd < 4 ? Infinity : headEnd + Math.max(0, Math.min(Math.floor(length * fraction), length - 1))
  const remaining = Math.max(0, wantedBytes - exchange.receivedBytes)
  exchange.receivedBytes += bytes.length
  line.down(bytes.subarray(0, remaining))
  if (remaining <= bytes.length) line.client.end()
}
