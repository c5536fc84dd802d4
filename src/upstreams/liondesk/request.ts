import { isTooComplex, parseWire } from '#src/json/parse-wire-json.ts'
import { keepDecoded } from '#src/mapping/decode-memo.ts'
import { isRecord } from '#src/mapping/mapping.ts'
import { isProblem, type Problem } from '#src/problems.ts'
import { limits } from '../transport/limits.ts'
import { createSameBytes, type SameBytes } from '../transport/response-memo.ts'
import type { Send, UpstreamReply, UpstreamRequest } from '../transport/types.ts'
import { ofUnknownOutcome, problemIn } from './errors.ts'

/** The access tokens of one LionDesk account. Throws `reauthorization-required` where it has to be connected anew. */
export interface TokenSource {
  current(): Promise<string>
  /** Another token than one that LionDesk refused. Null: there is no other. */
  renewed(refused: string): Promise<string | null>
  /** LionDesk refused the renewed one too: for a while another would help no more. */
  refusedAgain?(): void
}

export interface Reply {
  request: UpstreamRequest
  reply: UpstreamReply
  body: unknown
  fetchedAt: string
}

/** A call, and what its caller wants of the reply. */
export interface Call<T> {
  operation: string
  method: UpstreamRequest['method']
  path: string
  signal: AbortSignal
  json?: unknown
  /** Reads a sound body with its records written already; null: it is to be read in another way. */
  readRows?: (body: Buffer) => object | null
  read(reply: Reply, isRepeat: boolean): T
}

export interface CallOptions {
  account: { tenant: string; baseUrl: string }
  tokens: TokenSource
  send: Send
  sameBytes?: SameBytes
  now: () => Date
}

/** Sends a call in the name of an account. */
export const createCall = ({ account, tokens, send, sameBytes = createSameBytes(), now }: CallOptions) => {
  const attempt = <T>(
    token: string,
    { operation, method, path, signal, json, readRows, read }: Call<T>,
    isRepeat = false,
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
      isRepeat,
      read: (reply, isRepeat) =>
        read({ request, reply, body: bodyOf(request, reply, readRows), fetchedAt: now().toISOString() }, isRepeat),
    }
    return send(request, signal)
  }

  const bodyOf = (
    { method, path }: UpstreamRequest,
    { status, body }: UpstreamReply,
    readRows?: Call<unknown>['readRows'],
  ): unknown => {
    if (method !== 'GET' || status !== 200) return parse(body)
    const key = [account.tenant, 'liondesk', readRows ? 'rows' : 'records', path]
    const { value, isKnown } = sameBytes.of(key, body, () => ({ parsed: readRows?.(body) ?? parse(body) }))
    if (isKnown) keepDecoded(recordsOf(value.parsed))
    return value.parsed
  }

  const attemptAnew = async <T>(refused: string, what: Call<T>, refusal: unknown, isRepeat: boolean): Promise<T> => {
    const other = await tokens.renewed(refused)
    if (other === null) throw refusal
    return attempt(other, what, isRepeat).catch((second: unknown) => {
      if (isRefusal(second)) tokens.refusedAgain?.()
      throw second
    })
  }

  /**
   * What a refused token came with was not done, a write included: with a new one it is sent once more, and no further. It
   * may have come with the repetition of a DELETE, whose first attempt was done perhaps.
   */
  return async <T>(what: Call<T>): Promise<T> => {
    const token = await tokens.current()
    try {
      return await attempt(token, what)
    } catch (error) {
      if (!isRefusal(error)) throw error
      const isRepeat = isProblem(error) && error.fields.outcome === 'unknown'
      return attemptAnew(token, what, error, isRepeat).catch((second: unknown) => {
        throw isRepeat && isProblem(second) ? ofUnknownOutcome(second) : second
      })
    }
  }
}

const isRefusal = (error: unknown): boolean => isProblem(error) && error.code === 'upstream-credentials'

export const problemOf = ({ request, reply, body }: Reply): Problem | null => problemIn(request, reply, body)

/** Throws where the reply is an error. */
export const answered = (reply: Reply): Reply => {
  const problem = problemOf(reply)
  if (problem) throw problem
  return reply
}

/** Of a page, or of one. */
const recordsOf = (body: unknown): readonly unknown[] =>
  isRecord(body) && Array.isArray(body.data) ? body.data : [body]

const decoder = new TextDecoder('utf-8', { fatal: true })

const parse = (body: Buffer): unknown => {
  try {
    const text = decoder.decode(body)
    return isTooComplex(text) ? undefined : parseWire(text)
  } catch {
    return undefined
  }
}
