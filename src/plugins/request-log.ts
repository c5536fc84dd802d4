import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { isTokenClient } from './authentication/token-clients.ts'
import { cacheOutcomeOf } from './telemetry/cache-outcome.ts'
import { statusOf } from './telemetry/index.ts'

/**
 * One line a request, by allow-list: the route's template and never the URL, which may hold an e-mail address; the
 * client as the operator named it; of an error its type, code and frames, but not its message, which may quote a body.
 */
export default fp(
  async (app) => {
    app.onEnd((request, reply) => {
      const entry: Entry = {
        method: request.method,
        route: request.route.url ?? null,
        status: statusOf(reply),
        milliseconds: Math.round(reply.elapsedTime),
      }
      sayWho(request, entry)
      sayWhat(request, entry)
      request.log.info(entry, 'request')
    })
  },
  { name: 'request-log', dependencies: ['telemetry'] },
)

type Entry = Record<string, unknown>

/** A token's subject is a person. */
const sayWho = ({ caller }: FastifyRequest, entry: Entry): void => {
  if (!caller) return
  entry.tenant = caller.tenant
  entry.client = isTokenClient(caller.client) ? 'jwt' : caller.client
}

/** What there is nothing to say of is left out. */
const sayWhat = ({ trace, call }: FastifyRequest, entry: Entry): void => {
  if (!trace) return
  const { code, calls, count, span, hasLeft } = trace
  const cache = cacheOutcomeOf(call)
  if (code) entry.code = code
  if (cache) entry.cache = cache
  if (count > 0) entry.upstream = calls
  if (count > calls.length) entry.upstreamCalls = count
  // A live feed ends in no other way.
  if (hasLeft) entry.left = true
  if (span) entry.traceId = span.traceId
}

/** The message stands before the frames, and may hold lines that look like them. */
const framesOf = ({ stack = '', message }: Error): string =>
  stack
    .slice(stack.indexOf(message) + message.length)
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 12)
    .join('\n')

const errorForLog = (error: unknown): Record<string, unknown> | undefined => {
  if (!(error instanceof Error)) return undefined
  const { name, cause } = error
  return { type: name, code: (error as { code?: string }).code, stack: framesOf(error), cause: errorForLog(cause) }
}

export const loggerOptions = (level: string) => ({
  level,
  base: null,
  serializers: {
    req: () => ({}),
    res: () => ({}),
    err: (error: Error) => ({ type: '', message: '', stack: '', ...errorForLog(error) }),
  },
})
