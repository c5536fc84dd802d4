import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { isJwtClientId } from '../admission/authentication/jwt-client-id.ts'
import { isProbe } from '../health-routes.ts'
import { getCacheOutcome } from './telemetry/cache-outcome.ts'
import { getResponseStatus } from './telemetry/index.ts'

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
      if (!request.isAdmitted && !limit.take()) return app.metrics.recordOmittedLine()
      const entry: RequestLogEntry = {
        method: request.method,
        route: request.route.url ?? null,
        status: getResponseStatus(reply),
        milliseconds: Math.round(reply.elapsedTime),
      }
      addCaller(request, entry)
      addOutcome(request, entry)
      const omitted = limit.takeOmitted()
      if (omitted > 0) entry.omittedLines = omitted
      // Load balancers ask several times a second: only what they should not be told is worth a line.
      const isRoutine = isProbe(request) && reply.statusCode < 400
      request.log[isRoutine ? 'debug' : 'info'](entry, 'request')
    })
  },
  { name: 'request-log', dependencies: ['request-state', 'telemetry'] },
)

type RequestLogEntry = Record<string, unknown>

const maxLinesPerSecond = 20

const createLineLimit = () => {
  let secondStart = Number.NEGATIVE_INFINITY
  let lineCount = 0
  let omittedCount = 0
  return {
    /** False: this second has had its lines. */
    take: (): boolean => {
      const now = performance.now()
      if (now - secondStart >= 1_000) {
        secondStart = now
        lineCount = 0
      }
      lineCount += 1
      if (lineCount > maxLinesPerSecond) omittedCount += 1
      return lineCount <= maxLinesPerSecond
    },
    takeOmitted: (): number => {
      const since = omittedCount
      omittedCount = 0
      return since
    },
  }
}

/** A token's subject is a person. */
const addCaller = ({ caller }: FastifyRequest, entry: RequestLogEntry): void => {
  if (!caller) return
  entry.tenant = caller.tenant
  entry.client = isJwtClientId(caller.client) ? 'jwt' : caller.client
}

/** What there is nothing to say of is left out. */
const addOutcome = ({ trace, requestContext }: FastifyRequest, entry: RequestLogEntry): void => {
  if (!trace) return
  const { code, authFailure, calls, callCount, span, isClientGone } = trace
  const cache = getCacheOutcome(requestContext)
  if (code) entry.code = code
  if (authFailure) entry.refusal = authFailure
  if (cache) entry.cache = cache
  if (callCount > 0) entry.upstream = calls
  if (callCount > calls.length) entry.upstreamCalls = callCount
  // A live feed ends in no other way.
  if (isClientGone) entry.left = true
  if (span) entry.traceId = span.traceId
}

/** The message stands before the frames, and may hold lines that look like them. */
const getStackFrames = ({ stack = '', message }: Error): string =>
  stack
    .slice(stack.indexOf(message) + message.length)
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 12)
    .join('\n')

const toLogError = (error: unknown): Record<string, unknown> | undefined => {
  if (!(error instanceof Error)) return undefined
  const { name, cause } = error
  return { type: name, code: (error as { code?: string }).code, stack: getStackFrames(error), cause: toLogError(cause) }
}

export const createLoggerOptions = (level: string) => ({
  level,
  base: null,
  serializers: {
    req: () => ({}),
    res: () => ({}),
    err: (error: Error) => ({ type: '', message: '', stack: '', ...toLogError(error) }),
  },
})
