/** LionDesk's OAuth 2: where a user consents, the two token calls, and whose token it is. */
import { parseWire } from '#src/json/parse-wire-json.ts'
import { isProblem, Problem } from '#src/problems.ts'
import { limits } from '../transport/limits.ts'
import type { Send, UpstreamReply, UpstreamRequest } from '../transport/types.ts'
import { createInvalidResponse } from './errors.ts'
import { findGrantProblem, isGrantRejected } from './oauth-errors.ts'
import { type IssuedTokens, type LionDeskUser, readTokens, readUser } from './oauth-responses.ts'

export type { IssuedTokens, LionDeskUser } from './oauth-responses.ts'

/** What LionDesk knows an application by. */
export interface OAuthApplication {
  readonly clientId: string
  readonly clientSecret: string
}

export interface LionDeskOAuth {
  /** The page where a user is asked; he is sent back to `redirectUri` with `state` and a code. */
  getAuthorizeUrl(application: OAuthApplication, redirectUri: string, state: string): string
  /** Null: LionDesk does not take the code. */
  exchangeCode(
    application: OAuthApplication,
    grant: { code: string; redirectUri: string },
  ): Promise<IssuedTokens | null>
  /** Null: LionDesk does not take the refresh token any more. */
  refreshTokens(
    application: OAuthApplication,
    grant: { refreshToken: string; redirectUri: string | null },
  ): Promise<IssuedTokens | null>
  getUser(accessToken: string): Promise<LionDeskUser>
}

interface OAuthOptions {
  account: { tenant: string; baseUrl: string }
  send: Send
  now: () => Date
}

/** The one scope that clients of LionDesk are seen to ask for; reading is part of it. */
const scope = 'write'

export const createLionDeskOAuth = ({ account, send, now }: OAuthOptions): LionDeskOAuth => {
  const createRequest = <T>(
    operation: string,
    requestFields: Pick<UpstreamRequest<T>, 'method' | 'path' | 'headers' | 'read'>,
  ): UpstreamRequest<T> => ({
    tenant: account.tenant,
    system: 'liondesk',
    operation,
    limits: limits.liondeskOAuth,
    baseUrl: account.baseUrl,
    ...requestFields,
  })

  const requestTokens = (grant: Record<string, string>): Promise<IssuedTokens | null> => {
    const requestedAt = now().getTime()
    const tokenRequest: UpstreamRequest<IssuedTokens | null> = {
      ...createRequest('token', {
        method: 'POST',
        path: '/oauth2/token',
        headers: { 'content-type': 'application/json' },
        read: (reply) => readGrantedTokens(tokenRequest, reply, requestedAt),
      }),
      json: grant,
      // A code and a rotated refresh token work once: nothing that may have arrived is sent again.
      writes: true,
    }
    return sendGrant(send, tokenRequest)
  }

  return {
    getAuthorizeUrl: ({ clientId }, redirectUri, state) => {
      const query = { response_type: 'code', client_id: clientId, redirect_uri: redirectUri, scope, state }
      return `${account.baseUrl}/oauth2/authorize?${new URLSearchParams(query)}`
    },
    exchangeCode: (application, { code, redirectUri }) =>
      requestTokens({
        grant_type: 'authorization_code',
        ...toClientCredentials(application),
        code,
        redirect_uri: redirectUri,
      }),
    refreshTokens: (application, { refreshToken, redirectUri }) =>
      requestTokens({
        grant_type: 'refresh_token',
        ...toClientCredentials(application),
        refresh_token: refreshToken,
        ...(redirectUri !== null && { redirect_uri: redirectUri }),
      }),
    getUser: async (accessToken) => {
      const headers = { authorization: `Bearer ${accessToken}` }
      const userRequest: UpstreamRequest<LionDeskUser> = createRequest('me', {
        method: 'GET',
        path: '/me',
        headers,
        read: (reply) =>
          readUser(reply.status, parseReplyBody(reply)) ??
          throwWithoutOutcome(createInvalidResponse(userRequest, reply, 'no user')),
      })
      return send(userRequest, createNeverAbortedSignal())
    },
  }
}

const toClientCredentials = ({ clientId, clientSecret }: OAuthApplication) => ({
  client_id: clientId,
  client_secret: clientSecret,
})

/** Nobody's leaving may end what others wait for, or lose a token that was already given out. */
const createNeverAbortedSignal = (): AbortSignal => new AbortController().signal

const readGrantedTokens = (
  tokenRequest: UpstreamRequest,
  reply: UpstreamReply,
  requestedAt: number,
): IssuedTokens | null => {
  const body = parseReplyBody(reply)
  if (isGrantRejected(reply, body)) return null
  const problem = findGrantProblem(tokenRequest, reply, body)
  if (problem) throw problem
  return readTokens(body, requestedAt) ?? throwWithoutOutcome(createInvalidResponse(tokenRequest, reply, 'no token'))
}

/** What becomes of a token call says nothing of the request that it is made for: its outcome is nobody's business. */
const sendGrant = async <T>(send: Send, call: UpstreamRequest<T>): Promise<T> => {
  try {
    return await send(call, createNeverAbortedSignal())
  } catch (error) {
    if (!isProblem(error)) throw error
    const { outcome: _, ...fields } = error.fields
    throw new Problem(error.code, fields)
  }
}

const parseReplyBody = ({ body }: UpstreamReply): unknown => {
  try {
    return parseWire(body)
  } catch {
    return undefined
  }
}

const throwWithoutOutcome = (problem: Problem): never => {
  const { outcome: _, ...fields } = problem.fields
  throw new Problem(problem.code, fields)
}
