import { isRecord } from '#src/mapping/mapping.ts'
import { Problem, type ProblemCode } from '#src/problems.ts'
import type { UpstreamReply, UpstreamRequest } from '../transport/types.ts'
import { parseRetryAfter } from './errors.ts'

/** Every `error` of RFC 6749, section 5.2, and those that servers borrow from section 4.1.2.1. */
const documentedErrors = new Set([
  'access_denied',
  'invalid_client',
  'invalid_grant',
  'invalid_request',
  'invalid_scope',
  'server_error',
  'temporarily_unavailable',
  'unauthorized_client',
  'unsupported_grant_type',
])

/** The gateway's own application is not accepted. */
const clientErrors = new Set(['invalid_client', 'unauthorized_client', 'access_denied'])

/** A word of the list, so that it cannot carry anybody's data. */
const readOAuthError = (body: unknown): string | null =>
  isRecord(body) && documentedErrors.has(String(body.error)) ? String(body.error) : null

/** The code or the refresh token is good no more; nothing less than the word itself says so. */
export const isGrantRejected = ({ status }: UpstreamReply, body: unknown): boolean =>
  status < 500 && readOAuthError(body) === 'invalid_grant'

/** The error that the reply to a token call is; null: it is none. Its text never passes. */
export const findGrantProblem = (request: UpstreamRequest, reply: UpstreamReply, body: unknown): Problem | null => {
  const { status, retryAfter } = reply
  const error = readOAuthError(body)
  if (status < 300 && !(isRecord(body) && 'error' in body)) return null
  const code = toGrantProblemCode(status, error)
  return new Problem(code, {
    upstream: {
      system: 'liondesk',
      operation: request.operation,
      code: error,
      status,
      retryable: status >= 500 || status === 429,
    },
    ...(code === 'upstream-rate-limited' && { retryAfter: parseRetryAfter(retryAfter) }),
  })
}

const toGrantProblemCode = (status: number, error: string | null): ProblemCode => {
  if (status === 429) return 'upstream-rate-limited'
  if (status >= 500) return 'upstream-failed'
  if (error !== null && clientErrors.has(error)) return 'upstream-credentials'
  if (status === 401 || status === 403) return 'upstream-credentials'
  return status >= 300 && status < 400 ? 'upstream-invalid-response' : 'upstream-failed'
}
