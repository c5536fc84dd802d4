import { tryParseWire } from '#src/json/parse-wire-json.ts'
import { isMarkup } from '#src/json/scanner.ts'
import { toTimestamp } from '#src/lib/units.ts'
import { enableDecodeMemo } from '#src/mapping/decode-memo.ts'
import { isRecord } from '#src/mapping/mapping.ts'
import { isProblem, type Problem } from '#src/problems.ts'
import { limits } from '../transport/limits.ts'
import { createResponseMemo, type ResponseMemo } from '../transport/response-memo.ts'
import type { Send, UpstreamReply, UpstreamRequest } from '../transport/types.ts'
import { findProblem, withUnknownOutcome } from './errors.ts'

/** The access tokens of one LionDesk account. Throws `reauthorization-required` if the account must be reconnected. */
export interface TokenSource {
  getCurrent(): Promise<string>
  /** Returns a token that differs from the rejected one, or null if there is none. */
  renew(rejectedToken: string): Promise<string | null>
  /** Called when LionDesk rejects the renewed token too, so that further renewals wait. */
  onSecondRejection?(): void
}

export interface LionDeskReply {
  request: UpstreamRequest
  reply: UpstreamReply
  body: unknown
  fetchedAt: string
}

/** A call and how to read its reply. */
interface LionDeskCall<T> {
  operation: string
  method: UpstreamRequest['method']
  path: string
  signal: AbortSignal
  json?: unknown
  read(reply: LionDeskReply, isRepeat: boolean): T
}

export interface LionDeskCallOptions {
  account: { tenant: string; baseUrl: string }
  tokens: TokenSource
  send: Send
  responseMemo?: ResponseMemo
  now: () => Date
}

/** Creates the function that sends calls for an account. */
export const createLionDeskCaller = ({
  account,
  tokens,
  send,
  responseMemo = createResponseMemo(),
  now,
}: LionDeskCallOptions) => {
  const sendAttempt = <T>(
    token: string,
    { operation, method, path, signal, json, read }: LionDeskCall<T>,
    isRetry = false,
  ): Promise<T> => {
    const writes = method !== 'GET'
    const request: UpstreamRequest<T> = {
      tenant: account.tenant,
      system: 'liondesk',
      operation,
      limits: writes ? limits.liondeskWrite : limits.liondeskRead,
      method,
      baseUrl: account.baseUrl,
      path,
      headers: {
        authorization: `Bearer ${token}`,
        ...(json !== undefined && { 'content-type': 'application/json' }),
      },
      ...(json !== undefined && { json }),
      writes,
      isRetry,
      read: (reply, isRetry) =>
        read(
          { request, reply, body: parseReplyBody(request, reply), fetchedAt: toTimestamp(now().getTime()) },
          isRetry,
        ),
    }
    return send(request, signal)
  }

  const parseReplyBody = ({ method, path }: UpstreamRequest, { status, body }: UpstreamReply): unknown => {
    if (method !== 'GET' || status !== 200) return parseJson(body)
    const key = [account.tenant, 'liondesk', path]
    const entry = responseMemo.getEntry(key, body)
    const value = (entry.value as { parsed: unknown } | null) ?? { parsed: parseJson(body) }
    if (!entry.isRepeat) return value.parsed
    entry.value = value
    enableDecodeMemo(getRecords(value.parsed))
    return value.parsed
  }

  const retryWithNewToken = async <T>(
    rejectedToken: string,
    call: LionDeskCall<T>,
    rejection: unknown,
    isRetry: boolean,
  ): Promise<T> => {
    const newToken = await tokens.renew(rejectedToken)
    if (newToken === null) throw rejection
    return sendAttempt(newToken, call, isRetry).catch((secondError: unknown) => {
      if (isTokenRejection(secondError)) tokens.onSecondRejection?.()
      throw secondError
    })
  }

  /**
   * A call with a rejected token was not executed, including writes, so it is repeated once with a new token.
   * If the rejected call was itself the retry of a DELETE, its first attempt may have been executed.
   */
  return async <T>(call: LionDeskCall<T>): Promise<T> => {
    const token = await tokens.getCurrent()
    try {
      return await sendAttempt(token, call)
    } catch (error) {
      if (!isTokenRejection(error)) throw error
      const isRetry = isProblem(error) && error.fields.outcome === 'unknown'
      return retryWithNewToken(token, call, error, isRetry).catch((secondError: unknown) => {
        throw isRetry && isProblem(secondError) ? withUnknownOutcome(secondError) : secondError
      })
    }
  }
}

const isTokenRejection = (error: unknown): boolean => isProblem(error) && error.code === 'upstream-credentials'

export const findReplyProblem = ({ request, reply, body }: LionDeskReply): Problem | null =>
  findProblem(request, reply, body)

/** Throws if the reply is an error. */
export const requireSuccess = (reply: LionDeskReply): LionDeskReply => {
  const problem = findReplyProblem(reply)
  if (problem) throw problem
  return reply
}

/** Returns the records of a page, or the single record of another reply. */
const getRecords = (body: unknown): readonly unknown[] =>
  isRecord(body) && Array.isArray(body.data) ? body.data : [body]

const parseJson = (body: Buffer): unknown => (isMarkup(body) ? undefined : tryParseWire(body)?.parsed)
