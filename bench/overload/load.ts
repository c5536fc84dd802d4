/** A load generator process. Each IPC message is a load, and the reply is its result. */
import { setTimeout as wait } from 'node:timers/promises'
import { getPercentile } from '../figures.ts'
import { Connection } from './connection.ts'

/** Clients that send their next request after each response (closed loop), or requests at a fixed rate (open loop). */
export type Arrivals = { readonly clients: number } | { readonly rate: number; readonly connections: number }

export interface Load {
  readonly port: number
  /** Raw HTTP requests, sent in turn. */
  readonly requests: readonly string[]
  readonly arrivals: Arrivals
  readonly warmMs: number
  readonly countedMs: number
}

export interface LoadResult {
  /** Responses by status; 0 means a lost connection. */
  readonly statuses: Readonly<Record<number, number>>
  /** Requests of an open loop that found no free connection within a second. */
  readonly unsent: number
  /** Milliseconds from the due time of a request to its successful response. */
  readonly p50: number
  readonly p99: number
}

/** A request that was not sent within this time is dropped. */
const clientTimeoutMs = 1_000

const createCounters = (from: number, until: number) => {
  const statuses: Record<number, number> = {}
  const times: number[] = []
  let unsent = 0
  const isCounted = (moment: number): boolean => moment >= from && moment < until
  return {
    replied: (status: number, due: number): void => {
      const now = performance.now()
      if (!isCounted(now)) return
      statuses[status] = (statuses[status] ?? 0) + 1
      if (status === 200) times.push(now - due)
    },
    gaveUp: (count: number): void => {
      if (isCounted(performance.now())) unsent += count
    },
    outcome: (): LoadResult => ({
      statuses,
      unsent,
      p50: getPercentile(times, 0.5),
      p99: getPercentile(times, 0.99),
    }),
  }
}

type Counters = ReturnType<typeof createCounters>

const createRoundRobin = (requests: readonly string[]) => {
  let count = 0
  return (): string => requests[count++ % requests.length] as string
}

const runClosed = async (load: Load, clients: number, until: number, counters: Counters): Promise<void> => {
  const next = createRoundRobin(load.requests)
  const connections = Array.from({ length: clients }, () => new Connection(load.port))
  let isOver = false
  const ask = async (connection: Connection): Promise<void> => {
    while (!isOver) {
      const began = performance.now()
      const { status } = await connection.send(next())
      if (isOver) return
      counters.replied(status, began)
      // Rejected connections fail immediately, so a pause prevents a busy loop.
      if (status === 0) await wait(10)
    }
  }
  const loops = connections.map(ask)
  await wait(until - performance.now())
  isOver = true
  for (const connection of connections) connection.close()
  await Promise.all(loops)
}

const runOpen = async (load: Load, rate: number, count: number, until: number, counters: Counters): Promise<void> => {
  const next = createRoundRobin(load.requests)
  const idle = Array.from({ length: count }, () => new Connection(load.port))
  const all = [...idle]
  const began = performance.now()
  let isOver = false
  /** Sent or dropped requests, in order of their due times. */
  let done = 0
  const getDueTime = (index: number): number => began + (index * 1000) / rate

  const send = async (connection: Connection, due: number): Promise<void> => {
    const { status } = await connection.send(next())
    if (isOver) return
    counters.replied(status, due)
    idle.push(connection)
    sendDue()
  }
  const sendDue = (): void => {
    const now = performance.now()
    const firstPatient = Math.ceil(((now - clientTimeoutMs - began) * rate) / 1000)
    if (firstPatient > done) {
      counters.gaveUp(firstPatient - done)
      done = firstPatient
    }
    for (; idle.length > 0 && getDueTime(done) <= now; done += 1) void send(idle.pop() as Connection, getDueTime(done))
  }

  for (; performance.now() < until; await wait(2)) sendDue()
  isOver = true
  for (const connection of all) connection.close()
}

const run = async (load: Load): Promise<LoadResult> => {
  const from = performance.now() + load.warmMs
  const until = from + load.countedMs
  const counters = createCounters(from, until)
  const { arrivals } = load
  setTimeout(() => process.send?.('counting'), load.warmMs)
  if ('clients' in arrivals) await runClosed(load, arrivals.clients, until, counters)
  else await runOpen(load, arrivals.rate, arrivals.connections, until, counters)
  return counters.outcome()
}

process.on('message', async (load: Load) => {
  process.send?.(await run(load))
})
process.once('disconnect', () => process.exit(0))
process.send?.('ready')
