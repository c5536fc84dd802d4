import { isProblem, Problem, type ProblemCode } from '#src/problems.ts'
import type { UpstreamRequest } from './types.ts'

type CallIdentity = Pick<UpstreamRequest, 'system' | 'operation' | 'writes'>

const bodyTooLongErrorCode = 'BODY_TOO_LONG'

const invalidResponseCodes = new Set([
  'TOO_MANY_CODINGS',
  bodyTooLongErrorCode,
  'ERR_BUFFER_TOO_LARGE',
  'UND_ERR_RES_EXCEEDED_MAX_SIZE',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_HEADERS_OVERFLOW',
])

const timeoutCodes = new Set([
  'TOOK_TOO_LONG',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
])

/**
 * Maps a client library's error to a problem code. Errors of Node's HTTP parser, zlib and the size limit mean an
 * invalid reply.
 */
export const toProblemCode = (error: unknown): ProblemCode => {
  const code = getErrorCode(error)
  if (timeoutCodes.has(code)) return 'upstream-timeout'
  const unreadable = invalidResponseCodes.has(code) || /^(HPE_|Z_|ERR_Z|ERR__)/.test(code)
  return unreadable ? 'upstream-invalid-response' : 'upstream-failed'
}

const getErrorCode = (cause: unknown): string => {
  const code = (cause as { code?: unknown } | null | undefined)?.code
  return typeof code === 'string' ? code : ''
}

const createCodedError = (code: string, message: string, cause?: unknown): Error =>
  Object.assign(new Error(message, { cause }), { code })

/** The cause of a problem that occurred while the call waited in the gateway. */
export const createNotSentError = (cause: unknown): Error =>
  createCodedError('NOT_SENT', 'given up before it was sent', cause)

/** The cause of an attempt timeout. */
export const createAttemptTimeoutError = (): Error => createCodedError('TOOK_TOO_LONG', 'the attempt took too long')

/** The cause of a body above the size limit. `status` is that of the reply. */
export const createBodyTooLongError = (bytes: number, status?: number): Error =>
  Object.assign(createCodedError(bodyTooLongErrorCode, `body exceeds ${bytes} bytes`), { status })

/** True for a successful reply above the size limit. */
export const isOversizedSuccess = (cause: unknown): boolean =>
  getErrorCode(cause) === bodyTooLongErrorCode && (cause as { status?: unknown }).status === 200

const bufferLimitErrorCode = 'BODIES_FULL'

/** The cause of a rejection when buffered replies use up the process's budget. */
export const createBufferLimitError = (): Error =>
  createCodedError(bufferLimitErrorCode, 'the replies of all calls together are too long')

export const isBufferLimitError = (cause: unknown): boolean => getErrorCode(cause) === bufferLimitErrorCode

/** The cause of a problem with too many content codings. */
export const createTooManyCodingsError = (codings: number): Error =>
  createCodedError('TOO_MANY_CODINGS', `the body has ${codings} content codings`)

/** The cause of an invalid reply whose body is truncated. */
export const createTruncationError = (reason: string): Error => createCodedError('BODY_CUT', reason)

/**
 * True if the connection was never established, so that no byte of the request was sent.
 * The same codes (`EHOSTUNREACH`) may occur later, so the system call decides. Node reports one error for each address.
 */
export const wasNotSent = (cause: unknown): boolean => {
  const { syscall, errors } = (cause ?? {}) as { syscall?: unknown; errors?: unknown }
  if (Array.isArray(errors) && errors.length > 0) return errors.every(wasNotSent)
  const code = getErrorCode(cause)
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'NOT_SENT') return true
  // A proxy rejected the tunnel, or disconnected before it was established.
  if (code === 'UND_ERR_PRX_CONN' || /^Proxy response \(\d+\) !== 200/.test(String((cause as Error)?.message)))
    return true
  return syscall === 'connect' || syscall === 'getaddrinfo'
}

/** True if the body was truncated. */
export const wasTruncated = (cause: unknown): boolean => ['BODY_CUT', 'Z_BUF_ERROR'].includes(getErrorCode(cause))

/** Converts a transport failure to a problem. Retryable means that the request may succeed if it is repeated. */
export const createTransportProblem = (request: CallIdentity, code: ProblemCode, cause?: unknown): Problem => {
  const isAmbiguous = request.writes === true && !wasNotSent(cause)
  const { system, operation } = request
  // A request that may have been executed must not be repeated blindly.
  const retryable = code !== 'upstream-invalid-response' && !isAmbiguous
  return new Problem(code, {
    upstream: { system, operation, code: null, status: null, retryable },
    ...(isAmbiguous && { outcome: 'unknown' as const }),
    cause,
  })
}

/** The gateway rejects the call for a limited time. */
export const createRejection = (
  request: CallIdentity,
  code: ProblemCode,
  milliseconds: number,
  detail?: string,
): Problem => {
  const { system, operation } = request
  return new Problem(code, {
    ...(detail !== undefined && { detail }),
    retryAfter: Math.max(1, Math.ceil(milliseconds / 1000)),
    upstream: { system, operation, code: null, status: null, retryable: true },
  })
}

const bufferLimitRetryMs = 1_000

/** Buffered replies use up the process's budget. */
export const createBufferRejection = (request: CallIdentity): Problem =>
  createRejection(request, 'overloaded', bufferLimitRetryMs)

/** True for failures of transport or format, in contrast to replies that a healthy upstream may send. */
export const isFailure = (error: unknown): boolean => {
  if (!isProblem(error)) return false
  if (error.code === 'upstream-timeout' || error.code === 'upstream-invalid-response') return true
  const upstream = error.fields.upstream
  // An undocumented error with a status below 500 is still a valid reply.
  return error.code === 'upstream-failed' && (upstream?.status === null || upstream?.retryable === true)
}

/** True for a documented reply of the upstream. */
export const isUpstreamAnswer = (error: unknown): boolean =>
  isProblem(error) && !isFailure(error) && typeof error.fields.upstream?.status === 'number'

/** True if the client disconnected. A deadline also aborts the signal but does not count. */
export const isClientGone = (signal: AbortSignal): boolean =>
  signal.aborted && (signal.reason as Error | undefined)?.name !== 'TimeoutError'
