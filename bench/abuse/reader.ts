/** A well-behaved tenant: a few reads per second at an even rate, over its own connections. */
import { setTimeout as wait } from 'node:timers/promises'
import { Pool } from 'undici'
import { getPercentile } from '../figures.ts'
import { createKey } from '../tenants.ts'

export interface Reading {
  readonly requests: number
  readonly answered: number
  readonly medianMs: number
  readonly p99Ms: number
  /** Statuses other than 200 and their counts; 0 means no response. */
  readonly failures: ReadonlyMap<number, number>
}

const intervalMs = 100
const paths = ['/properties/10101', '/leads?brokerageId=b1&limit=10', '/events/7/properties', '/properties/10102']

/** Reads until it is stopped. */
export const startReader = (port: number) => {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 16, bodyTimeout: 20_000, headersTimeout: 20_000 })
  const headers = { 'x-api-key': createKey('polite'), 'cache-control': 'no-cache' }
  const over = new AbortController()
  const times: number[] = []
  const failures = new Map<number, number>()
  let requests = 0

  const readOne = async (path: string): Promise<void> => {
    const startedAt = performance.now()
    requests += 1
    const status = await pool.request({ method: 'GET', path, headers }).then(
      async ({ statusCode, body }) => {
        await body.dump()
        return statusCode
      },
      () => 0,
    )
    if (status === 200) times.push(performance.now() - startedAt)
    else failures.set(status, (failures.get(status) ?? 0) + 1)
  }

  const run = async (): Promise<void> => {
    const pending: Promise<void>[] = []
    while (!over.signal.aborted) {
      pending.push(readOne(paths[requests % paths.length] as string))
      await wait(intervalMs)
    }
    await Promise.all(pending)
  }
  const running = run()

  return async (): Promise<Reading> => {
    over.abort()
    await running
    await pool.close()
    const [medianMs, p99Ms] = [getPercentile(times, 0.5), getPercentile(times, 0.99)]
    return { requests, answered: times.length, medianMs, p99Ms, failures }
  }
}

export const readFor = async (port: number, milliseconds: number): Promise<Reading> => {
  const stopReading = startReader(port)
  await wait(milliseconds)
  return stopReading()
}
