import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { createStoreProblem } from '#src/gateway/store-errors.ts'
import {
  getProblemDefinition,
  isProblem,
  Problem,
  type ProblemCode,
  type ProblemFields,
  toProblemDocument,
} from '#src/problems.ts'
import { maxBodyBytes } from '../connection/http-limits.ts'
import { toValidationProblem } from '../request/validation.ts'
import { routerOptions } from '../router-options.ts'
import { eventStreamType, formatEvent, formatRetry } from './event-stream.ts'

/** Problems for errors of Fastify. Every other unknown error is a bug in Foyer. */
const frameworkCodes: Record<string, ProblemCode> = {
  FST_ERR_BAD_URL: 'invalid-request',
  FST_ERR_ASYNC_CONSTRAINT: 'invalid-request',
  FST_ERR_MAX_PARAM_LENGTH: 'invalid-request',
  FST_ERR_CTP_BODY_TOO_LARGE: 'body-too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid-request',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'invalid-request',
  FST_ERR_CTP_INVALID_JSON_BODY: 'invalid-request',
  FST_ERR_CTP_EMPTY_TYPE: 'unsupported-media-type',
}

const unsupportedMediaType = {
  detail:
    'Send the body as application/json. A PATCH request can also have the media type application/merge-patch+json.',
}

const frameworkDetails: Record<string, ProblemFields> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: unsupportedMediaType,
  FST_ERR_CTP_EMPTY_TYPE: unsupportedMediaType,
  FST_ERR_CTP_BODY_TOO_LARGE: { detail: `The request body is larger than ${maxBodyBytes / 1024} KiB.` },
  FST_ERR_MAX_PARAM_LENGTH: {
    detail: `A part of the path is longer than ${routerOptions.maxParamLength} characters.`,
  },
}

const createInvalidJsonProblem = (cause: unknown) =>
  new Problem('invalid-request', {
    detail: 'The body is not valid JSON.',
    errors: [{ path: 'body', message: 'is not valid JSON' }],
    cause,
  })

const toProblem = (error: FastifyError | Problem): Problem => {
  if (isProblem(error)) return error
  if (error.name === 'StoreUnavailable') return createStoreProblem(error)
  if (error.validation) return toValidationProblem(error.validation, error.validationContext)
  if (error.code === 'FST_ERR_CTP_INVALID_JSON_BODY') return createInvalidJsonProblem(error)
  const code = frameworkCodes[error.code]
  if (code) return new Problem(code, { ...frameworkDetails[error.code], cause: error })
  // Some errors of the body parser, such as a forbidden key, have a status but no code.
  if (error.statusCode === 400) return createInvalidJsonProblem(error)
  return new Problem('internal', { cause: error })
}

export const sendProblem = (reply: FastifyReply, problem: Problem): FastifyReply => {
  const { retryAfter, allow, challenge } = problem.fields
  if (reply.request.trace) reply.request.trace.code = problem.code
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter))
  if (allow) reply.header('allow', allow.join(', '))
  if (problem.status === 426) reply.headers({ upgrade: 'HTTP/1.1', connection: 'upgrade, close' })
  if (challenge !== undefined || problem.status === 401) reply.header('www-authenticate', toChallenge(reply, challenge))
  // A request that is rejected early has not reached the CORS plugin.
  if (!reply.hasHeader('access-control-allow-origin'))
    reply.headers(reply.server.getCorsHeaders(reply.request.headers.origin))
  if (isRetriedByBrowser(reply, problem)) return sendRetry(reply, problem)
  return (
    reply
      .code(problem.status)
      // For an unreadable URL, no hook has set this header.
      .header('x-request-id', reply.request.id)
      .type('application/problem+json; charset=utf-8')
      .serializer(JSON.stringify)
      .send(toProblemDocument(problem, reply.request.id, reply.server.publicPath))
  )
}

const toChallenge = ({ request, server }: FastifyReply, challenge: string | undefined): string => {
  const metadata = server.findResourceMetadata(request)
  const parts = ['realm="Foyer"', challenge ?? [], metadata === null ? [] : `resource_metadata="${metadata}"`]
  return `Bearer ${parts.flat().join(', ')}`
}

/** An EventSource does not reconnect after any status but 200. A retry of the same request may resolve the problem. */
const isRetriedByBrowser = ({ request }: FastifyReply, { code }: Problem): boolean =>
  getProblemDefinition(code).retryable &&
  (request.route.config.produces?.includes(eventStreamType) ?? false) &&
  request.getPreferredType() === eventStreamType

/** Ends the stream with the problem as an event and a reconnection time. */
const sendRetry = (reply: FastifyReply, problem: Problem): FastifyReply => {
  const { request, server } = reply
  const data = toProblemDocument(problem, request.id, server.publicPath)
  return reply
    .code(200)
    .headers({ 'content-type': `${eventStreamType}; charset=utf-8`, 'cache-control': 'no-store, no-transform' })
    .send(formatRetry((problem.fields.retryAfter ?? 1) * 1_000) + formatEvent('problem', data))
}

/** Handles a URL that the router rejects. No hook has run for such a request. */
export const handleFrameworkError = (
  error: FastifyError,
  { server, raw }: FastifyRequest,
  reply: FastifyReply,
): void => {
  server.connectionTracker.reject(raw.socket)
  sendProblem(reply.headers({ ...server.defaultHeaders, connection: 'close' }), toProblem(error))
}

/**
 * Converts every error to a problem document (RFC 9457).
 * @see https://fastify.dev/docs/latest/Reference/Errors/
 */
export const handleError = (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
  const problem = toProblem(error)
  // An internal error is logged even if the client is disconnected.
  if (!request.isAdmitted && problem.code === 'internal') logProblem(request, problem)
  if (!request.isAdmitted) {
    request.server.sendRejection(request, reply, () => sendProblem(reply, problem))
    return
  }
  // If the client disconnected, the failed call says nothing about the upstream.
  if (!request.requestContext?.signal.aborted) logProblem(request, problem)
  sendProblem(reply, problem)
}

const logProblem = (request: FastifyRequest, problem: Problem): void => {
  const { code, status } = problem
  const { upstream } = problem.fields
  const entry = { code, status, upstream, err: problem.cause ?? (code === 'internal' ? problem : undefined) }
  if (code === 'internal') request.log.error(entry, 'internal error')
  else if (status >= 500) request.log.warn(entry, 'upstream problem')
}
