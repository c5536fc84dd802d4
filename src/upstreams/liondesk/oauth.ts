/** LionDesk's OAuth 2 endpoints: authorization page, token calls and the current user. */
import { parseWire } from '#src/json/parse-wire-json.ts'
import { neverAborted } from '#src/lib/never-aborted.ts'
import { isProblem, Problem } from '#src/problems.ts'
import { limits } from '../transport/limits.ts'
import type { Send, UpstreamReply, UpstreamRequest } from '../transport/types.ts'
import { createInvalidResponse } from './errors.ts'
import { findGrantProblem, isGrantRejected } from './oauth-errors.ts'
import { type IssuedTokens, type LionDeskUser, readTokens, readUser } from './oauth-responses.ts'

export type { IssuedTokens, LionDeskUser } from './oauth-responses.ts'

/** The credentials of the gateway's application at LionDesk. */
export interface OAuthApplication {
  readonly clientId: string
  readonly clientSecret: string
}

export interface LionDeskOAuth {
  /** Returns the authorization page. LionDesk redirects the user to `redirectUri` with `state` and a code. */
  getAuthorizeUrl(application: OAuthApplication, redirectUri: string, state: string): string
  /** Returns null if LionDesk rejects the code. */
  exchangeCode(
    application: OAuthApplication,
    grant: { code: string; redirectUri: string },
  ): Promise<IssuedTokens | null>
  /** Returns null if LionDesk rejects the refresh token. */
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

/** The only scope that LionDesk clients are known to request. It includes read access. */
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
      // Codes and rotated refresh tokens work once, so a call that may have arrived is not repeated.
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
      return send(userRequest, neverAborted)
    },
  }
}

const toClientCredentials = ({ clientId, clientSecret }: OAuthApplication) => ({
  client_id: clientId,
  client_secret: clientSecret,
})

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

/** The outcome of a token call is not the outcome of the client's request, so it is removed. */
const sendGrant = async <T>(send: Send, call: UpstreamRequest<T>): Promise<T> => {
  try {
    return await send(call, neverAborted)
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
