import { randomInt } from 'node:crypto'
import { alphanumeric } from '../random.ts'
import { secondMs } from '../time.ts'
import type { SpacioSettings } from './settings.ts'

interface Token {
  email: string
  issuedAt: number
}

const makeToken = (): string =>
  Array.from({ length: 16 }, () => alphanumeric.charAt(randomInt(alphanumeric.length))).join('')

/** The access tokens of agents and managers. The lifetime setting applies at the time of use. */
export function createTokens(settings: () => Readonly<SpacioSettings>) {
  const tokens = new Map<string, Token>()

  const revoke = (email?: string): number => {
    const revokedTokens = [...tokens].filter(([, token]) => email === undefined || token.email === email)
    for (const [text] of revokedTokens) tokens.delete(text)
    return revokedTokens.length
  }

  const issue = (email: string): string => {
    if (settings().newTokenVoidsOld) revoke(email)
    const text = makeToken()
    tokens.set(text, { email, issuedAt: Date.now() })
    return text
  }

  /** Returns the owner of a token, or null if it is unknown, revoked or expired. */
  const findOwner = (text: string | undefined): string | null => {
    const token = text === undefined ? undefined : tokens.get(text)
    if (token === undefined) return null
    return Date.now() - token.issuedAt < settings().tokenTtlSeconds * secondMs ? token.email : null
  }

  return { issue, revoke, findOwner, clear: (): void => tokens.clear() }
}

export type Tokens = ReturnType<typeof createTokens>
