import { isTruncated } from '#src/json/truncation.ts'
import { hourSeconds } from '#src/lib/units.ts'
import { isRecord } from '#src/mapping/mapping.ts'
import { Problem, type ProblemCode, type ProblemFields } from '#src/problems.ts'
import { createTruncationError } from '../transport/errors.ts'
import type { UpstreamReply, UpstreamRequest } from '../transport/types.ts'
import { eventPropertyMapping } from './mapping.ts'

const problemCodes: Record<number, ProblemCode> = {
  400: 'unprocessable',
  401: 'upstream-credentials',
  403: 'upstream-access-denied',
  404: 'not-found',
  408: 'upstream-timeout',
  409: 'conflict',
  422: 'unprocessable',
  429: 'upstream-rate-limited',
}

const rejectedWriteDetail = 'LionDesk rejected the write. Check the values, and that the origin of the event is api.'

/**
 * Maps an error reply to a problem by its numeric code; null for other replies. The upstream's text is never passed on.
 */
export const findProblem = (request: UpstreamRequest, reply: UpstreamReply, body: unknown): Problem | null => {
  const status = readErrorStatus(body) ?? reply.status
  if (status < 300) return null
  if (status < 400) return createInvalidResponse(request, reply, `status ${status}`)
  const code = problemCodes[status] ?? 'upstream-failed'
  const fields: ProblemFields = {
    upstream: {
      system: 'liondesk',
      operation: request.operation,
      code: readClassName(body),
      status: reply.status,
      retryable: status >= 500 || status === 408 || status === 429,
    },
    ...(code === 'not-found' && {
      detail: 'LionDesk has no record with this id, or the user of this connection may not see it.',
    }),
    ...(code === 'unprocessable' && request.writes && { detail: rejectedWriteDetail }),
    ...(code === 'unprocessable' && readFieldErrors(body)),
    ...(code === 'upstream-rate-limited' && { retryAfter: parseRetryAfter(reply.retryAfter) }),
    ...(request.writes && (status >= 500 || status === 408) && { outcome: 'unknown' as const }),
  }
  return new Problem(code, fields)
}

/** A reply that cannot be used. After a write, its outcome is unknown. */
export const createInvalidResponse = (request: UpstreamRequest, reply: UpstreamReply, reason: string): Problem =>
  new Problem('upstream-invalid-response', {
    upstream: { system: 'liondesk', operation: request.operation, code: null, status: reply.status, retryable: false },
    ...(request.writes && { outcome: 'unknown' as const }),
    cause: reply.status === 200 && isTruncated(reply.body) ? createTruncationError(reason) : new Error(reason),
  })

/** A rejected repetition does not tell whether the earlier attempt succeeded. */
export const withUnknownOutcome = (problem: Problem): Problem =>
  new Problem(problem.code, { ...problem.fields, outcome: 'unknown' })

const isFeathersError = (body: unknown): body is Record<string, unknown> =>
  isRecord(body) && typeof body.code === 'number' && typeof body.className === 'string'

const readErrorStatus = (body: unknown): number | undefined =>
  isFeathersError(body) && (body.code as number) >= 400 && (body.code as number) < 600
    ? (body.code as number)
    : undefined

/** All values of Feathers' `className`. */
const feathersClassNames = new Set([
  'bad-gateway',
  'bad-request',
  'conflict',
  'forbidden',
  'general-error',
  'gone',
  'length-required',
  'method-not-allowed',
  'not-acceptable',
  'not-authenticated',
  'not-found',
  'not-implemented',
  'payment-error',
  'timeout',
  'too-many-requests',
  'unavailable',
  'unprocessable',
])

/** Returns only known values, so that it cannot leak personal data. */
const readClassName = (body: unknown): string | null =>
  isFeathersError(body) && feathersClassNames.has(String(body.className)) ? String(body.className) : null

const readFieldErrors = (body: unknown): Pick<ProblemFields, 'errors'> => {
  if (!isFeathersError(body) || !isRecord(body.errors)) return {}
  const rejectedFields = new Set(Object.keys(body.errors))
  const errors = eventPropertyMapping.fields
    .filter(({ from }) => from !== null && rejectedFields.has(from))
    .map(({ field }) => ({ path: `body/${field}`, message: 'was not accepted upstream' }))
  return errors.length > 0 ? { errors } : {}
}

/** Returns seconds, at most an hour. */
export const parseRetryAfter = (retryAfter: string | null): number =>
  retryAfter && /^\d{1,9}$/.test(retryAfter) ? Math.min(Math.max(1, Number(retryAfter)), hourSeconds) : 60
