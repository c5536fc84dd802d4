import { tryParseWire } from '#src/json/parse-wire-json.ts'
import { enableDecodeMemo } from '#src/mapping/decode-memo.ts'
import { isRecord } from '#src/mapping/mapping.ts'
import { isProblem, type Problem } from '#src/problems.ts'
import { limits } from '../transport/limits.ts'
import { createResponseMemo, type ResponseMemo } from '../transport/response-memo.ts'
import type { Send, UpstreamReply, UpstreamRequest } from '../transport/types.ts'
import { findProblem, withUnknownOutcome } from './errors.ts'

/** The access tokens of one LionDesk account. Throws `reauthorization-required` where it has to be connected anew. */
export interface TokenSource {
  getCurrent(): Promise<string>
  /** Another token than one that LionDesk refused. Null: there is no other. */
  renew(refused: string): Promise<string | null>
  /** LionDesk refused the renewed one too: for a while another would help no more. */
  onSecondRejection?(): void
}

export interface LionDeskReply {
  request: UpstreamRequest
  reply: UpstreamReply
  body: unknown
  fetchedAt: string
}

/** A call, and what its caller wants of the reply. */
export interface LionDeskCall<T> {
  operation: string
  method: UpstreamRequest['method']
  path: string
  signal: AbortSignal
  json?: unknown
  /** Reads a sound body with its records written already; null: it is to be read in another way. */
  readRows?: (body: Buffer) => object | null
  read(reply: LionDeskReply, isRepeat: boolean): T
}

export interface LionDeskCallOptions {
  account: { tenant: string; baseUrl: string }
  tokens: TokenSource
  send: Send
  responseMemo?: ResponseMemo
  now: () => Date
}

/** Sends a call in the name of an account. */
export const createLionDeskCaller = ({
  account,
  tokens,
  send,
  responseMemo = createResponseMemo(),
  now,
}: LionDeskCallOptions) => {
  const sendAttempt = <T>(
    token: string,
    { operation, method, path, signal, json, readRows, read }: LionDeskCall<T>,
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
          { request, reply, body: parseReplyBody(request, reply, readRows), fetchedAt: now().toISOString() },
          isRetry,
        ),
    }
    return send(request, signal)
  }

  const parseReplyBody = (
    { method, path }: UpstreamRequest,
    { status, body }: UpstreamReply,
    readRows?: LionDeskCall<unknown>['readRows'],
  ): unknown => {
    if (method !== 'GET' || status !== 200) return parseJson(body)
    const key = [account.tenant, 'liondesk', readRows ? 'rows' : 'records', path]
    const { value, isRepeat } = responseMemo.getOrCompute(key, body, () => ({
      parsed: readRows?.(body) ?? parseJson(body),
    }))
    if (isRepeat) enableDecodeMemo(getRecords(value.parsed))
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
   * What a refused token came with was not done, a write included: with a new one it is sent once more, and no further. It
   * may have come with the repetition of a DELETE, whose first attempt was done perhaps.
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

/** Throws where the reply is an error. */
export const requireSuccess = (reply: LionDeskReply): LionDeskReply => {
  const problem = findReplyProblem(reply)
  if (problem) throw problem
  return reply
}

/** Of a page, or of one. */
const getRecords = (body: unknown): readonly unknown[] =>
  isRecord(body) && Array.isArray(body.data) ? body.data : [body]

const parseJson = (body: Buffer): unknown => tryParseWire(body)?.parsed
