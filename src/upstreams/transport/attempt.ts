import { FormData, interceptors, Pool } from 'undici'
import { Problem } from '#src/problems.ts'
import { codeOf, faultOf, notSent } from './faults.ts'
import { connectMs, maxUnpackedBytes } from './limits.ts'
import type { Send, UpstreamReply, UpstreamRequest } from './types.ts'

type Dispatcher = ReturnType<Pool['compose']>

export interface Attempts {
  /** Sends once, has the whole reply read, and turns every fault into a `Problem`. */
  readonly send: Send
  close(): Promise<void>
}

export const createAttempts = (): Attempts => {
  const pools = new Map<string, { pool: Pool; dispatcher: Dispatcher }>()

  const dispatcherOf = (origin: string): Dispatcher => {
    const known = pools.get(origin)
    if (known) return known.dispatcher
    const pool = new Pool(origin, {
      // The bulkheads bound the calls of each tenant. A bound on all of them together would let slow calls of some take
      // the way from others.
      connections: null,
      pipelining: 1,
      allowH2: false,
      connect: { timeout: connectMs },
      // Shorter than any server's: a POST on a socket that the server is just closing dies.
      keepAliveTimeout: 2_000,
      keepAliveMaxTimeout: 4_000,
      // The deadline is an AbortSignal: these timers are coarse, and a dripping body never trips them.
      headersTimeout: 0,
      bodyTimeout: 0,
    })
    const dispatcher = pool.compose(
      interceptors.decompress({ maxSize: maxUnpackedBytes, skipErrorResponses: false, skipStatusCodes: [204, 304] }),
    )
    pools.set(origin, { pool, dispatcher })
    return dispatcher
  }

  const replyTo = async (request: UpstreamRequest, signal: AbortSignal): Promise<UpstreamReply> => {
    const url = new URL(request.baseUrl)
    const timeout = AbortSignal.timeout(request.limits.attemptMs)
    try {
      const response = await dispatcherOf(url.origin).request({
        origin: url.origin,
        path: url.pathname.replace(/\/+$/, '') + request.path,
        method: request.method,
        headers: { accept: 'application/json', 'accept-encoding': 'gzip, deflate, br', ...request.headers },
        body: bodyOf(request),
        signal: AbortSignal.any([signal, timeout]),
      })
      const body = await readWhole(response.body, request)
      return replyOf(response.statusCode, response.headers, body)
    } catch (error) {
      if (error instanceof Problem) throw error
      throw faultOf(request, timeout.aborted ? 'upstream-timeout' : codeOf(error), error)
    }
  }

  return {
    send: async (request, signal) => {
      if (signal.aborted) throw faultOf(request, 'upstream-failed', notSent(signal.reason))
      return request.read(await replyTo(request, signal), request.isRepeat === true)
    },
    close: async () => {
      await Promise.all([...pools.values()].map(({ pool }) => pool.destroy()))
    },
  }
}

const bodyOf = (request: UpstreamRequest): FormData | string | null => {
  if (request.form) {
    const form = new FormData()
    for (const [name, value] of Object.entries(request.form)) form.append(name, value)
    return form
  }
  return request.json === undefined ? null : JSON.stringify(request.json)
}

const readWhole = async (
  body: AsyncIterable<Buffer> & { destroy(): unknown },
  request: UpstreamRequest,
): Promise<Buffer> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > request.limits.maxBytes) {
      body.destroy()
      throw faultOf(request, 'upstream-invalid-response', new Error(`body exceeds ${request.limits.maxBytes} bytes`))
    }
    chunks.push(chunk)
  }
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size)
}

const replyOf = (
  status: number,
  headers: Record<string, string | string[] | undefined>,
  body: Buffer,
): UpstreamReply => ({
  status,
  retryAfter: firstOf(headers['retry-after']),
  body,
})

const firstOf = (header: string | string[] | undefined): string | null =>
  (Array.isArray(header) ? header[0] : header) ?? null
