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

/** What a client library's error means. Node's HTTP parser, zlib and the unpacking cap speak of an unreadable reply. */
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

/** The cause of a fault that befell a call while it waited in this house. */
export const createNotSentError = (cause: unknown): Error =>
  createCodedError('NOT_SENT', 'given up before it was sent', cause)

/** The cause of a fault where an attempt took longer than it may. */
export const createAttemptTimeoutError = (): Error => createCodedError('TOOK_TOO_LONG', 'the attempt took too long')

/** The cause of a fault where a body is longer than it may be. `status`: of the reply that it belongs to. */
export const createBodyTooLongError = (bytes: number, status?: number): Error =>
  Object.assign(createCodedError(bodyTooLongErrorCode, `body exceeds ${bytes} bytes`), { status })

/** The upstream answered with success, and more than the gateway may hold. */
export const isOversizedSuccess = (cause: unknown): boolean =>
  getErrorCode(cause) === bodyTooLongErrorCode && (cause as { status?: unknown }).status === 200

const bufferLimitErrorCode = 'BODIES_FULL'

/** The cause of a refusal where the replies that this process holds take all the memory that they may. */
export const createBufferLimitError = (): Error =>
  createCodedError(bufferLimitErrorCode, 'the replies of all calls together are too long')

export const isBufferLimitError = (cause: unknown): boolean => getErrorCode(cause) === bufferLimitErrorCode

/** The cause of a fault where a reply says that it was encoded many times over. */
export const createTooManyCodingsError = (codings: number): Error =>
  createCodedError('TOO_MANY_CODINGS', `the body has ${codings} content codings`)

/** The cause of a fault of shape where the body ends too early. */
export const createTruncationError = (reason: string): Error => createCodedError('BODY_CUT', reason)

/**
 * Proof that no byte of the request left: its connection was never made. The same codes may come of a connection that
 * broke later (`EHOSTUNREACH`), so that the system call decides. One error for each address that was tried.
 */
export const wasNotSent = (cause: unknown): boolean => {
  const { syscall, errors } = (cause ?? {}) as { syscall?: unknown; errors?: unknown }
  if (Array.isArray(errors) && errors.length > 0) return errors.every(wasNotSent)
  const code = getErrorCode(cause)
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'NOT_SENT') return true
  // A proxy refused the tunnel, or broke off before there was one.
  if (code === 'UND_ERR_PRX_CONN' || /^Proxy response \(\d+\) !== 200/.test(String((cause as Error)?.message)))
    return true
  return syscall === 'connect' || syscall === 'getaddrinfo'
}

/** The body ended before it was whole. */
export const wasTruncated = (cause: unknown): boolean => ['BODY_CUT', 'Z_BUF_ERROR'].includes(getErrorCode(cause))

/** A fault of transport as a problem. Retryable: the request may succeed if it is sent again. */
export const createTransportProblem = (request: CallIdentity, code: ProblemCode, cause?: unknown): Problem => {
  const isAmbiguous = request.writes === true && !wasNotSent(cause)
  const { system, operation } = request
  // What may have been done must not be done again unseen.
  const retryable = code !== 'upstream-invalid-response' && !isAmbiguous
  return new Problem(code, {
    upstream: { system, operation, code: null, status: null, retryable },
    ...(isAmbiguous && { outcome: 'unknown' as const }),
    cause,
  })
}

/** This house does not make the call for now. */
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

/** A fault of transport or shape, as against what an upstream in good health may answer. */
export const isFailure = (error: unknown): boolean => {
  if (!isProblem(error)) return false
  if (error.code === 'upstream-timeout' || error.code === 'upstream-invalid-response') return true
  const upstream = error.fields.upstream
  // An error that the vendor does not document, with another status than 5xx, is an answer all the same.
  return error.code === 'upstream-failed' && (upstream?.status === null || upstream?.retryable === true)
}

/** What the upstream itself said, and meant. */
export const isUpstreamAnswer = (error: unknown): boolean =>
  isProblem(error) && !isFailure(error) && typeof error.fields.upstream?.status === 'number'

/** The caller has left; a deadline, which also aborts, is not meant. */
export const isClientGone = (signal: AbortSignal): boolean =>
  signal.aborted && (signal.reason as Error | undefined)?.name !== 'TimeoutError'
