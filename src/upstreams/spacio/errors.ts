import { getHourRemainingMs, hourSeconds } from '#src/lib/units.ts'
import { isRecord } from '#src/mapping/mapping.ts'
import { Problem, type ProblemCode, type ProblemFields } from '#src/problems.ts'
import type { UpstreamReply } from '../transport/types.ts'
import type { ReplyBody } from './parse-body.ts'

/** The nine documented error codes. For lists, `no-results` means an empty list. */
export const errorCodes = {
  'access-denied': 'upstream-access-denied',
  'invalid-bid': 'unknown-brokerage',
  'invalid-email': 'unknown-agent',
  'invalid-sid': 'unknown-property',
  'invalid-tid': 'unknown-team',
  'invalid-ukey': 'unknown-agent',
  'no-results': 'not-found',
  'not-authorized': 'upstream-credentials',
  'rate-reached': 'upstream-rate-limited',
} as const satisfies Record<string, ProblemCode>

type SpacioErrorCode = keyof typeof errorCodes

export interface SpacioError {
  /** Null for errors that the vendor does not document. */
  code: SpacioErrorCode | null
  redirectUrl?: string
  /** Seconds until the hourly limit resets. */
  retryAfter?: number
}

/** Finds an error in a reply, whatever its status and layout. Returns null for other replies. */
export const detectError = (reply: UpstreamReply, body: ReplyBody, now: Date): SpacioError | null => {
  const code = findErrorCode(body) ?? getCodeForStatus(reply.status)
  if (code === undefined) return reply.status >= 400 || isErrorLike(body) ? { code: null } : null
  const redirectUrl = code === 'invalid-email' ? readRedirectUrl(body) : undefined
  return {
    code,
    ...(redirectUrl && { redirectUrl }),
    ...(code === 'rate-reached' && { retryAfter: getSecondsUntilReset(reply, now) }),
  }
}

const isErrorCode = (value: unknown): value is SpacioErrorCode =>
  typeof value === 'string' && Object.hasOwn(errorCodes, value)

/** Looks in all plausible places, because the vendor's page shows no error reply. */
const findErrorCode = (body: ReplyBody): SpacioErrorCode | undefined => {
  if (body.kind === 'unreadable') return undefined
  const { value } = body
  const candidates = isRecord(value)
    ? [...getCodeCandidates(value), value.error, ...(isRecord(value.error) ? getCodeCandidates(value.error) : [])]
    : [value]
  return candidates.find(isErrorCode)
}

const getCodeCandidates = ({ code, errorCode, message }: Record<string, unknown>): unknown[] => [
  code,
  errorCode,
  message,
]

const getCodeForStatus = (status: number): SpacioErrorCode | undefined =>
  status === 401 ? 'not-authorized' : status === 403 ? 'access-denied' : status === 429 ? 'rate-reached' : undefined

/** Recognizes a plausible error layout with an undocumented code. */
const isErrorLike = (body: ReplyBody): boolean => {
  if (body.kind === 'unreadable') return false
  const { value } = body
  if (!isRecord(value)) return typeof value === 'string'
  if (value.status === 'error' || isRecord(value.error)) return true
  return [value.error, value.errorCode, 'message' in value && value.code].some(isText)
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''

/** Accepts only the vendor's own site; other redirects could lead users to phishing pages. */
const readRedirectUrl = (body: ReplyBody): string | undefined => {
  if (body.kind !== 'json' || !isRecord(body.value)) return undefined
  const nested = isRecord(body.value.error) ? body.value.error.redirectUrl : undefined
  const candidate = body.value.redirectUrl ?? nested
  if (typeof candidate !== 'string' || candidate.length > 2000 || !URL.canParse(candidate)) return undefined
  const url = new URL(candidate)
  const isVendorHost = url.hostname === 'spac.io' || url.hostname.endsWith('.spac.io')
  return url.protocol === 'https:' && isVendorHost && !url.username && !url.password && !url.port ? url.href : undefined
}

const resetPattern = /reset at:?\s*(\d{4})-(\d{2})-(\d{2})\s+(\d{1,2}):(\d{2}):(\d{2})/i

/** Longer texts are not error messages. */
const maxErrorBytes = 4096

/** Limits the time to an hour, because the cap is hourly. Past or missing times count as the end of the hour. */
const getSecondsUntilReset = (reply: UpstreamReply, now: Date): number => {
  const [, year, month, day, hours, minutes, seconds] =
    resetPattern.exec(reply.body.toString('utf8', 0, maxErrorBytes)) ?? []
  const resetAtMs = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hours),
    Number(minutes),
    Number(seconds),
  )
  const secondsLeft = Number.isNaN(resetAtMs)
    ? Number(reply.retryAfter ?? Number.NaN)
    : (resetAtMs - now.getTime()) / 1000
  return secondsLeft > 0
    ? Math.min(hourSeconds, Math.ceil(secondsLeft))
    : Math.ceil(getHourRemainingMs(now.getTime()) / 1000)
}

/** Converts an error to a problem, without the upstream's text. */
export const toSpacioProblem = (spacioError: SpacioError, operation: string, reply: UpstreamReply): Problem => {
  const code: ProblemCode = spacioError.code ? errorCodes[spacioError.code] : 'upstream-failed'
  const retryable = code === 'upstream-rate-limited' || (spacioError.code === null && reply.status >= 500)
  const fields: ProblemFields = {
    ...(spacioError.redirectUrl && { redirectUrl: spacioError.redirectUrl }),
    ...(spacioError.retryAfter !== undefined && { retryAfter: spacioError.retryAfter }),
    upstream: { system: 'spacio', operation, code: spacioError.code, status: reply.status, retryable },
  }
  return new Problem(code, fields)
}

export const getSpacioErrorCode = (error: unknown): string | null =>
  error instanceof Problem && error.fields.upstream?.system === 'spacio' ? error.fields.upstream.code : null

/** Spacio does not document which of the two codes it sends for an expired token. */
export const isTokenRejection = (error: unknown): boolean =>
  ['access-denied', 'not-authorized'].includes(getSpacioErrorCode(error) ?? '')
