/**
 * Sends requests at a fixed, even rate, regardless of pending responses. A closed loop would saturate the process, and
 * the gateway would shed load.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { Pool } from 'undici'
import type { Request } from './cases.ts'

const defaultConnections = 32

export interface Figures {
  answered: number
  /** Responses other than 2xx and 304, and missing responses. */
  refused: number
  readonly times: number[]
}

export interface Load {
  run(rate: number, milliseconds: number): Promise<Figures>
  /** Sends a number of requests, as many at a time as there are connections. */
  runBatch(count: number): Promise<Figures>
  close(): Promise<void>
}

export const createLoad = (
  port: number,
  requests: readonly Request[],
  isConditional: boolean,
  connections = defaultConnections,
): Load => {
  /** The maximum number of pending requests, for rates that the process cannot sustain. */
  const maxPending = 2 * connections
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections })
  const tags = new Map<Request, string>()
  let sent = 0

  const createHeaders = (request: Request): Record<string, string> => {
    const tag = isConditional ? tags.get(request) : undefined
    return { ...request.headers, ...(tag !== undefined && { 'if-none-match': tag }) }
  }

  const sendOne = async (figures: Figures): Promise<void> => {
    const request = requests[sent % requests.length] as Request
    sent += 1
    const startedAt = performance.now()
    try {
      const { method, path, body = null } = request
      const reply = await pool.request({ method, path, headers: createHeaders(request), body })
      await reply.body.dump({ limit: Number.POSITIVE_INFINITY })
      if (isConditional && reply.statusCode === 200) tags.set(request, String(reply.headers.etag))
      figures.times.push(performance.now() - startedAt)
      figures[reply.statusCode < 300 || reply.statusCode === 304 ? 'answered' : 'refused'] += 1
    } catch {
      figures.refused += 1
    }
  }

  return {
    run: async (rate, milliseconds) => {
      const figures: Figures = { answered: 0, refused: 0, times: [] }
      const startedAt = performance.now()
      let [sentCount, pending] = [0, 0]
      const send = async (): Promise<void> => {
        sentCount += 1
        pending += 1
        await sendOne(figures)
        pending -= 1
      }
      for (let passed = 0; passed < milliseconds; passed = performance.now() - startedAt) {
        while (sentCount < (passed * rate) / 1000 && pending < maxPending) void send()
        await wait(1)
      }
      while (pending > 0) await wait(1)
      return figures
    },
    runBatch: async (count) => {
      const figures: Figures = { answered: 0, refused: 0, times: [] }
      let remaining = count
      const sendInTurn = async (): Promise<void> => {
        for (; remaining > 0; ) {
          remaining -= 1
          await sendOne(figures)
        }
      }
      await Promise.all(Array.from({ length: connections }, sendInTurn))
      return figures
    },
    close: () => pool.close(),
  }
}

export const getPercentile = (times: readonly number[], share: number): number => {
  const sorted = times.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}
