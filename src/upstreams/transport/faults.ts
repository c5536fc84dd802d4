import { Problem, type ProblemCode } from '#src/problems.ts'
import type { UpstreamRequest } from './types.ts'

const replyFaults = new Set([
  'UND_ERR_RES_EXCEEDED_MAX_SIZE',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_HEADERS_OVERFLOW',
])

const timeouts = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT'])

/** No connection, so nothing was sent. */
const neverSent = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
])

/** What a client library's error means. Node's HTTP parser, zlib and the unpacking cap speak of an unreadable reply. */
export const codeOf = (error: unknown): ProblemCode => {
  const code = libraryCodeOf(error)
  if (timeouts.has(code)) return 'upstream-timeout'
  const unreadable = replyFaults.has(code) || /^(HPE_|Z_|ERR_Z|ERR__)/.test(code)
  return unreadable || /exceeded maxSize/.test((error as Error).message)
    ? 'upstream-invalid-response'
    : 'upstream-failed'
}

const libraryCodeOf = (error: unknown): string => {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : ''
}

/** A fault of transport as a problem. Retryable: the request may succeed if it is sent again. */
export const faultOf = (
  request: Pick<UpstreamRequest, 'system' | 'operation' | 'writes'>,
  code: ProblemCode,
  cause?: unknown,
): Problem => {
  const isAmbiguous = request.writes === true && !neverSent.has(libraryCodeOf(cause))
  const { system, operation } = request
  // What may have been done must not be done again unseen.
  const retryable = code !== 'upstream-invalid-response' && !isAmbiguous
  return new Problem(code, {
    upstream: { system, operation, code: null, status: null, retryable },
    ...(isAmbiguous && { outcome: 'unknown' as const }),
    cause,
  })
}
