/** Sends requests at a fixed rate, regardless of pending responses. Some clients disconnect early. */
import { setTimeout as wait } from 'node:timers/promises'
import { Pool } from 'undici'
import type { Random } from '../budget/random.ts'
import { createRequests, type Request } from './requests.ts'

export interface TrafficOptions {
  base: string
  /** Requests per second. */
  rate: number
  /** The share of requests whose client disconnects. */
  abortShare: number
  random: Random
}

export interface TrafficResults {
  requests: number
  aborted: number
  /** Counts by status. */
  readonly statuses: Map<number, number>
  /** Internal errors of the gateway and missing responses. */
  readonly failures: string[]
  events: number
}

const tickMs = 20

/** Longer than any timeout of the gateway, because an export of many pages may take a while. */
const maxResponseMs = 60_000

/** The maximum time after which such a client disconnects. */
const maxAbortDelayMs = 100

export const createTraffic = ({ base, rate, abortShare, random }: TrafficOptions) => {
  const results: TrafficResults = { requests: 0, aborted: 0, statuses: new Map(), failures: [], events: 0 }
  const pool = new Pool(base, { connections: 128, headersTimeout: maxResponseMs, bodyTimeout: maxResponseMs })
  const over = new AbortController()
  const requests = createRequests(random)

  const fail = (what: string): void => {
    if (results.failures.push(what) > 100)
      throw new Error(`too many failures: ${results.failures.slice(0, 5).join('; ')}`)
  }

  const send = async (request: Request): Promise<void> => {
    const reply = await pool.request({ ...request, signal: AbortSignal.timeout(maxResponseMs) })
    const text = await reply.body.text()
    results.statuses.set(reply.statusCode, (results.statuses.get(reply.statusCode) ?? 0) + 1)
    if (reply.statusCode === 500) fail(`${request.method} ${request.path}: 500 ${text.slice(0, 200)}`)
    if (reply.statusCode === 201) requests.note(String(reply.headers.location))
  }

  const sendAndAbort = async (request: Request): Promise<void> => {
    const signal = AbortSignal.timeout(Math.ceil(random() * maxAbortDelayMs))
    results.aborted += 1
    await pool.request({ ...request, signal }).then(
      ({ body }) => body.dump(),
      () => {},
    )
  }

  const sendOne = async (): Promise<void> => {
    results.requests += 1
    const request = requests.next()
    try {
      await (random() < abortShare ? sendAndAbort(request) : send(request))
    } catch (error) {
      fail(`${request.method} ${request.path}: ${(error as Error).message}`)
    }
  }

  const run = async (): Promise<void> => {
    const pending = new Set<Promise<void>>()
    const began = performance.now()
    for (let sent = 0; !over.signal.aborted; await wait(tickMs)) {
      for (; sent < ((performance.now() - began) * rate) / 1000; sent += 1) {
        const one: Promise<void> = sendOne().finally(() => pending.delete(one))
        pending.add(one)
      }
    }
    await Promise.all(pending)
  }

  /** Listens to a feed and reconnects when it ends. */
  const listen = async (query: string): Promise<void> => {
    const headers = { accept: 'text/event-stream' }
    while (!over.signal.aborted) {
      try {
        const { body } = await pool.request({
          method: 'GET',
          path: `/leads/feed?${query}`,
          headers,
          signal: over.signal,
        })
        for await (const chunk of body) results.events += String(chunk).split('event: lead').length - 1
      } catch {
        // The feed ended or was rejected; the loop reconnects.
      }
      await wait(500)
    }
  }

  const running = Promise.all([run(), listen('brokerageId=b1001'), listen('teamId=t2003')])
  return {
    results,
    close: async (): Promise<void> => {
      over.abort()
      await running
      await pool.close()
    },
  }
}
