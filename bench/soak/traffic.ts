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

export interface Seen {
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
const longestMs = 60_000

/** After which a client that leaves does so, at most. */
const longestPatienceMs = 100

export const createTraffic = ({ base, rate, abortShare, random }: TrafficOptions) => {
  const seen: Seen = { requests: 0, aborted: 0, statuses: new Map(), failures: [], events: 0 }
  const pool = new Pool(base, { connections: 128, headersTimeout: longestMs, bodyTimeout: longestMs })
  const over = new AbortController()
  const requests = createRequests(random)

  const fail = (what: string): void => {
    if (seen.failures.push(what) > 100) throw new Error(`too many failures: ${seen.failures.slice(0, 5).join('; ')}`)
  }

  const send = async (request: Request): Promise<void> => {
    const reply = await pool.request({ ...request, signal: AbortSignal.timeout(longestMs) })
    const text = await reply.body.text()
    seen.statuses.set(reply.statusCode, (seen.statuses.get(reply.statusCode) ?? 0) + 1)
    if (reply.statusCode === 500) fail(`${request.method} ${request.path}: 500 ${text.slice(0, 200)}`)
    if (reply.statusCode === 201) requests.note(String(reply.headers.location))
  }

  const leave = async (request: Request): Promise<void> => {
    const signal = AbortSignal.timeout(Math.ceil(random() * longestPatienceMs))
    seen.aborted += 1
    await pool.request({ ...request, signal }).then(
      ({ body }) => body.dump(),
      () => {},
    )
  }

  const sendOne = async (): Promise<void> => {
    seen.requests += 1
    const request = requests.next()
    try {
      await (random() < abortShare ? leave(request) : send(request))
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
        for await (const chunk of body) seen.events += String(chunk).split('event: lead').length - 1
      } catch {
        // It was ended, or refused: come back.
      }
      await wait(500)
    }
  }

  const running = Promise.all([run(), listen('brokerageId=b1001'), listen('teamId=t2003')])
  return {
    seen,
    close: async (): Promise<void> => {
      over.abort()
      await running
      await pool.close()
    },
  }
}
