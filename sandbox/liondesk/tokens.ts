import { randomBytes } from 'node:crypto'
import { minuteMs, secondMs } from '../time.ts'
import type { LionDeskSettings } from './settings.ts'

export interface TokenReply {
  access_token: string
  refresh_token?: string
  expires: string
  expires_in: number
  scope: string
  token_type: 'Bearer'
}

interface Grant {
  userId: string
  scope: string
}

interface Code extends Grant {
  redirectUri: string
  expiresAt: number
}

export const credentials = {
  clientId: 'sandbox-client',
  clientSecret: 'sandbox-secret',
  accessToken: 'c0ffee0000000000000000000000000000000001',
  refreshToken: 'c0ffee0000000000000000000000000000000002',
}

const makeToken = (): string => randomBytes(20).toString('hex')

export function createLionDeskTokens(settings: () => Readonly<LionDeskSettings>) {
  const access = new Map<string, Grant & { expiresAt: number }>()
  const refresh = new Map<string, Grant>()
  const codes = new Map<string, Code>()

  const reset = (): void => {
    for (const store of [access, refresh, codes]) store.clear()
    access.set(credentials.accessToken, { userId: '1', scope: '', expiresAt: Number.POSITIVE_INFINITY })
    refresh.set(credentials.refreshToken, { userId: '1', scope: '' })
  }
  reset()

  const issueAccess = (grant: Grant): TokenReply => {
    const lifetime = settings().accessTokenTtlSeconds
    const expiresAt = Date.now() + lifetime * secondMs
    const token = makeToken()
    access.set(token, { ...grant, expiresAt })
    const expires = new Date(expiresAt).toISOString()
    return { access_token: token, expires, expires_in: lifetime, scope: grant.scope, token_type: 'Bearer' }
  }

  const issue = (grant: Grant): TokenReply => {
    const refreshToken = makeToken()
    refresh.set(refreshToken, grant)
    return { ...issueAccess(grant), refresh_token: refreshToken }
  }

  return {
    reset,
    issue,
    issueCode: (grant: Grant, redirectUri: string): string => {
      const code = makeToken()
      codes.set(code, { ...grant, redirectUri, expiresAt: Date.now() + 10 * minuteMs })
      return code
    },
    /** A code works once. Returns null if it is unknown, used, expired or was issued for another redirect URI. */
    exchangeCode: (text: string, redirectUri: string): TokenReply | null => {
      const code = codes.get(text)
      codes.delete(text)
      if (code === undefined || code.redirectUri !== redirectUri || code.expiresAt < Date.now()) return null
      return issue({ userId: code.userId, scope: code.scope })
    },
    refresh: (text: string): TokenReply | null => {
      const grant = refresh.get(text)
      if (grant === undefined) return null
      if (settings().omitRefreshToken) return issueAccess(grant)
      if (!settings().rotateRefreshToken) return { ...issueAccess(grant), refresh_token: text }
      refresh.delete(text)
      return issue(grant)
    },
    findUser: (text: string): string | null => {
      const grant = access.get(text)
      return grant !== undefined && grant.expiresAt > Date.now() ? grant.userId : null
    },
    /** Revokes an access or refresh token, or all tokens. */
    revoke: (text?: string): void => {
      for (const store of [access, refresh]) {
        if (text === undefined) store.clear()
        else store.delete(text)
      }
    },
    /** Expires an access token, or all of them. Refresh tokens stay valid. */
    expire: (text?: string): void => {
      for (const [token, grant] of access) {
        if (text === undefined || token === text) grant.expiresAt = 0
      }
    },
  }
}

export type LionDeskTokens = ReturnType<typeof createLionDeskTokens>
