/** Clients at a fixed rate, whether or not earlier requests are answered; some of them leave before the answer. */
import { setTimeout as wait } from 'node:timers/promises'
import { Pool } from 'undici'
import type { Random } from '../budget/random.ts'
import { createRequests, type Request } from './requests.ts'

export interface TrafficOptions {
  base: string
  /** Requests a second. */
  rate: number
  /** Of the requests, those whose client leaves. */
  abortShare: number
  random: Random
}

export interface TrafficResults {
  requests: number
  aborted: number
  /** How many answers had each status. */
  readonly statuses: Map<number, number>
  /** What no client may see: a defect of the gateway, or no answer at all. */
  readonly failures: string[]
  events: number
}

const tickMs = 20

/** Longer than any deadline of the gateway: an export of many pages may take a while. */
const maxResponseMs = 60_000

/** After which a client that leaves does so, at most. */
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

  /** Listens to a feed, and comes back when it ends. */
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
        // It was ended, or refused: come back.
      }
      await wait(500)
    }
  }

  const running = Promise.all([run(), listen('brokerageId=b1001'), listen('teamId=t2003')])
  return {
    seen: results,
    close: async (): Promise<void> => {
      over.abort()
      await running
      await pool.close()
    },
  }
}
