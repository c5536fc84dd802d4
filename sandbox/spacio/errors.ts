import type { Reply } from '../http/types.ts'
import { formatResetMoment, hourMs } from '../time.ts'
import type { SpacioSettings } from './settings.ts'

const errorStatuses = {
  'access-denied': 403,
  'invalid-bid': 404,
  'invalid-email': 404,
  'invalid-sid': 404,
  'invalid-tid': 404,
  'invalid-ukey': 404,
  'no-results': 404,
  'not-authorized': 401,
  'rate-reached': 429,
} as const

export type ErrorCode = keyof typeof errorStatuses

/** Methods throw it to reply with one of the nine codes. */
export const createSpacioError = (code: ErrorCode): Error & { spacioCode: ErrorCode } =>
  Object.assign(new Error(code), { spacioCode: code })

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorStatuses, code)

export function getErrorCode(error: unknown): ErrorCode | null {
  if (!(error instanceof Error) || !('spacioCode' in error)) return null
  const code = String(error.spacioCode)
  return isErrorCode(code) ? code : null
}

const getNextHour = (now: number): number => (Math.floor(now / hourMs) + 1) * hourMs

const formatMessage = (code: string, resetAt: number): string =>
  code === 'rate-reached'
    ? `API rate limit reached (Next reset at: ${formatResetMoment(resetAt)})`
    : `Refused: ${code.replace('-', ' ')}`

function formatError(code: string, settings: SpacioSettings, resetAt: number): unknown {
  const message = formatMessage(code, resetAt)
  const extra = code === 'invalid-email' ? { redirectUrl: settings.redirectUrl } : {}
  switch (settings.errorLayout) {
    case 'object':
      return { error: { code, message, ...extra } }
    case 'code':
      return { code, message, ...extra }
    case 'status':
      return { status: 'error', code, message, ...extra }
    case 'errorCode':
      return { errorCode: code, message, ...extra }
    case 'bare':
      return code
    default:
      // Only the message contains the reset time, so `rate-reached` always includes a message.
      return { error: code, ...(code === 'rate-reached' ? { message } : {}), ...extra }
  }
}

export function createErrorReply(code: string, settings: SpacioSettings, resetAt = getNextHour(Date.now())): Reply {
  const status = isErrorCode(code) ? errorStatuses[code] : 400
  return {
    status: settings.errorStatus === 200 ? 200 : status,
    headers: { 'content-type': settings.contentType },
    body: JSON.stringify(formatError(code, settings, resetAt)),
  }
}
