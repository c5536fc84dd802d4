import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { isTokenClient } from '../admission/authentication/jwt-client-id.ts'
import { isProbe } from '../health-routes.ts'
import { cacheOutcomeOf } from './telemetry/cache-outcome.ts'
import { statusOf } from './telemetry/index.ts'

/**
 * One line a request, by allow-list: the route's template and never the URL, which may hold an e-mail address; the
 * client as the operator named it; of an error its type, code and frames, but not its message, which may quote a body.
 * Refusals are logged at a bounded rate: a client that loops would fill the log. The next line says how many were
 * omitted.
 */
export default fp(
  async (app) => {
    const limit = createLineLimit()
    app.onEnd((request, reply) => {
      // The log gets a sample of a flood of refusals, whatever their status: a client that is disconnected gets no reply,
      // and a browser's event stream is refused with 200. The metrics count all of them.
      if (!request.isAdmitted && !limit.take()) return app.metrics.logLineOmitted()
      const entry: Entry = {
        method: request.method,
        route: request.route.url ?? null,
        status: statusOf(reply),
        milliseconds: Math.round(reply.elapsedTime),
      }
      sayWho(request, entry)
      sayWhat(request, entry)
      const omitted = limit.takeOmitted()
      if (omitted > 0) entry.omittedLines = omitted
      // Load balancers ask several times a second: only what they should not be told is worth a line.
      const isRoutine = isProbe(request) && reply.statusCode < 400
      request.log[isRoutine ? 'debug' : 'info'](entry, 'request')
    })
  },
  { name: 'request-log', dependencies: ['telemetry'] },
)

type Entry = Record<string, unknown>

const maxLinesPerSecond = 20

const createLineLimit = () => {
  let began = Number.NEGATIVE_INFINITY
  let taken = 0
  let omitted = 0
  return {
    /** False: this second has had its lines. */
    take: (): boolean => {
      const now = performance.now()
      if (now - began >= 1_000) {
        began = now
        taken = 0
      }
      taken += 1
      if (taken > maxLinesPerSecond) omitted += 1
      return taken <= maxLinesPerSecond
    },
    takeOmitted: (): number => {
      const since = omitted
      omitted = 0
      return since
    },
  }
}

/** A token's subject is a person. */
const sayWho = ({ caller }: FastifyRequest, entry: Entry): void => {
  if (!caller) return
  entry.tenant = caller.tenant
  entry.client = isTokenClient(caller.client) ? 'jwt' : caller.client
}

/** What there is nothing to say of is left out. */
const sayWhat = ({ trace, call }: FastifyRequest, entry: Entry): void => {
  if (!trace) return
  const { code, refusal, calls, count, span, hasLeft } = trace
  const cache = cacheOutcomeOf(call)
  if (code) entry.code = code
  if (refusal) entry.refusal = refusal
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
