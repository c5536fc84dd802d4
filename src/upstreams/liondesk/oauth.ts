/** LionDesk's OAuth 2: where a user consents, the two token calls, and whose token it is. */
import { parseWire } from '#src/json/parse-wire-json.ts'
import { isProblem, Problem } from '#src/problems.ts'
import { limits } from '../transport/limits.ts'
import type { Send, UpstreamReply, UpstreamRequest } from '../transport/types.ts'
import { unusable } from './errors.ts'
import { grantProblemIn, isRefusedGrant } from './oauth-errors.ts'
import { type IssuedTokens, type LionDeskUser, readTokens, readUser } from './oauth-responses.ts'

export type { IssuedTokens, LionDeskUser } from './oauth-responses.ts'

/** What LionDesk knows an application by. */
export interface Application {
  readonly clientId: string
  readonly clientSecret: string
}

export interface LionDeskOAuth {
  /** The page where a user is asked; he is sent back to `redirectUri` with `state` and a code. */
  authorizeUrl(application: Application, redirectUri: string, state: string): string
  /** Null: LionDesk does not take the code. */
  exchange(application: Application, grant: { code: string; redirectUri: string }): Promise<IssuedTokens | null>
  /** Null: LionDesk does not take the refresh token any more. */
  refresh(
    application: Application,
    grant: { refreshToken: string; redirectUri: string | null },
  ): Promise<IssuedTokens | null>
  me(accessToken: string): Promise<LionDeskUser>
}

interface OAuthOptions {
  account: { tenant: string; baseUrl: string }
  send: Send
  now: () => Date
}

/** The one scope that clients of LionDesk are seen to ask for; reading is part of it. */
const scope = 'write'

export const createLionDeskOAuth = ({ account, send, now }: OAuthOptions): LionDeskOAuth => {
  const request = <T>(
    operation: string,
    more: Pick<UpstreamRequest<T>, 'method' | 'path' | 'headers' | 'read'>,
  ): UpstreamRequest<T> => ({
    tenant: account.tenant,
    system: 'liondesk',
    operation,
    limits: limits.liondeskOAuth,
    baseUrl: account.baseUrl,
    ...more,
  })

  const tokens = (grant: Record<string, string>): Promise<IssuedTokens | null> => {
    const askedAt = now().getTime()
    const call: UpstreamRequest<IssuedTokens | null> = {
      ...request('token', {
        method: 'POST',
        path: '/oauth2/token',
        headers: { 'content-type': 'application/json' },
        read: (reply) => tokensIn(call, reply, askedAt),
      }),
      json: grant,
      // A code and a rotated refresh token work once: nothing that may have arrived is sent again.
      writes: true,
    }
    return sendGrant(send, call)
  }

  return {
    authorizeUrl: ({ clientId }, redirectUri, state) => {
      const query = { response_type: 'code', client_id: clientId, redirect_uri: redirectUri, scope, state }
      return `${account.baseUrl}/oauth2/authorize?${new URLSearchParams(query)}`
    },
    exchange: (application, { code, redirectUri }) =>
      tokens({ grant_type: 'authorization_code', ...credentials(application), code, redirect_uri: redirectUri }),
    refresh: (application, { refreshToken, redirectUri }) =>
      tokens({
        grant_type: 'refresh_token',
        ...credentials(application),
        refresh_token: refreshToken,
        ...(redirectUri !== null && { redirect_uri: redirectUri }),
      }),
    me: async (accessToken) => {
      const headers = { authorization: `Bearer ${accessToken}` }
      const call: UpstreamRequest<LionDeskUser> = request('me', {
        method: 'GET',
        path: '/me',
        headers,
        read: (reply) => readUser(reply.status, bodyOf(reply)) ?? refuse(unusable(call, reply, 'no user')),
      })
      return send(call, untilDone())
    },
  }
}

const credentials = ({ clientId, clientSecret }: Application) => ({ client_id: clientId, client_secret: clientSecret })

/** Nobody's leaving may end what others wait for, or lose a token that was already given out. */
const untilDone = (): AbortSignal => new AbortController().signal

const tokensIn = (call: UpstreamRequest, reply: UpstreamReply, askedAt: number): IssuedTokens | null => {
  const body = bodyOf(reply)
  if (isRefusedGrant(reply, body)) return null
  const problem = grantProblemIn(call, reply, body)
  if (problem) throw problem
  return readTokens(body, askedAt) ?? refuse(unusable(call, reply, 'no token'))
}

/** What becomes of a token call says nothing of the request that it is made for: its outcome is nobody's business. */
const sendGrant = async <T>(send: Send, call: UpstreamRequest<T>): Promise<T> => {
  try {
    return await send(call, untilDone())
  } catch (error) {
    if (!isProblem(error)) throw error
    const { outcome: _, ...fields } = error.fields
    throw new Problem(error.code, fields)
  }
}

const bodyOf = ({ body }: UpstreamReply): unknown => {
  try {
    return parseWire(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    return undefined
  }
}

const refuse = (problem: Problem): never => {
  const { outcome: _, ...fields } = problem.fields
  throw new Problem(problem.code, fields)
}
