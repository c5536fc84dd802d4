import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { isJwtClientId } from '../admission/authentication/jwt-client-id.ts'
import { isProbe } from '../is-probe.ts'
import { getResponseStatus } from './telemetry/index.ts'
import { getCacheOutcome } from './telemetry/server-timing.ts'

/**
 * Logs one line for each request. The line contains only listed fields: the route's template, because a URL may contain
 * an e-mail address, the configured client id, and the type, code and frames of an error, because a message may quote a
 * body.
 * Rejections are logged at a limited rate, because a client that retries in a loop would fill the log. The next line
 * has the number of omitted lines.
 */
export default fp(
  async (app) => {
    const limit = createLineLimit()
    app.onEnd((request, reply) => {
      // This applies to rejections of any status: a disconnected client gets no response, and a browser's event stream
      // gets a 200. The metrics count all of them.
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
      // Load balancers check health several times a second, so only failures are worth a line.
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
    /** Returns false if this second has already had its lines. */
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

/** The subject of a token identifies a person. */
const addCaller = ({ caller }: FastifyRequest, entry: RequestLogEntry): void => {
  if (!caller) return
  entry.tenant = caller.tenant
  entry.client = isJwtClientId(caller.client) ? 'jwt' : caller.client
}

const addOutcome = ({ trace, requestContext }: FastifyRequest, entry: RequestLogEntry): void => {
  if (!trace) return
  const { code, authFailure, calls, callCount, span, isClientGone } = trace
  const cache = getCacheOutcome(requestContext)
  if (code) entry.code = code
  if (authFailure) entry.refusal = authFailure
  if (cache) entry.cache = cache
  if (callCount > 0) entry.upstream = calls
  if (callCount > calls.length) entry.upstreamCalls = callCount
  // For a live feed this is the normal end.
  if (isClientGone) entry.left = true
  if (span) entry.traceId = span.traceId
}

/** The message precedes the frames and may contain lines that look like frames. */
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
