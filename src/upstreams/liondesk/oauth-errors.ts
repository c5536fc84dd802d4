import { isRecord } from '#src/mapping/mapping.ts'
import { Problem, type ProblemCode } from '#src/problems.ts'
import type { UpstreamReply, UpstreamRequest } from '../transport/types.ts'
import { parseRetryAfter } from './errors.ts'

/** The values of `error` from RFC 6749, section 5.2, and those of section 4.1.2.1 that servers also use. */
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

/** LionDesk rejects the gateway's own application. */
const clientErrors = new Set(['invalid_client', 'unauthorized_client', 'access_denied'])

/** Returns only known values, so that it cannot leak personal data. */
const readOAuthError = (body: unknown): string | null =>
  isRecord(body) && documentedErrors.has(String(body.error)) ? String(body.error) : null

/** The code or refresh token is invalid. Only the exact error value counts as proof. */
export const isGrantRejected = ({ status }: UpstreamReply, body: unknown): boolean =>
  status < 500 && readOAuthError(body) === 'invalid_grant'

/** Maps an error reply of a token call to a problem; null for other replies. The upstream's text is never passed on. */
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
