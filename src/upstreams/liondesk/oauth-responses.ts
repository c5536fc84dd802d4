/** Reads what LionDesk answers to a token call and to `GET /me`. Lifetimes differ and fields come and go: tolerant. */
import { isRecord } from '#src/mapping/mapping.ts'

/** Times are milliseconds since 1970. */
export interface IssuedTokens {
  readonly accessToken: string
  /** Null: none came, and the one before stays good. */
  readonly refreshToken: string | null
  readonly issuedAt: number
  /** Null: LionDesk does not say. */
  readonly expiresAt: number | null
}

export interface LionDeskUser {
  readonly id: string | null
  /** The e-mail address, or else the name. */
  readonly label: string | null
}

/** Null: there is no token in it. `askedAt` is earlier than the token, so that it is never believed to last too long. */
export const readTokens = (body: unknown, requestedAt: number): IssuedTokens | null => {
  if (!isRecord(body)) return null
  const accessToken = readToken(body.access_token)
  if (accessToken === null) return null
  const refreshToken = readToken(body.refresh_token)
  return { accessToken, refreshToken, issuedAt: requestedAt, expiresAt: readExpiry(body, requestedAt) }
}

/** It is sent in a header: nothing but visible ASCII. */
const readToken = (value: unknown): string | null =>
  typeof value === 'string' && /^[\x21-\x7e]{1,4096}$/.test(value) ? value : null

/** Seconds from now first: they need no agreement of clocks. */
const readExpiry = ({ expires_in, expires }: Record<string, unknown>, requestedAt: number): number | null => {
  const seconds = typeof expires_in === 'string' && expires_in !== '' ? Number(expires_in) : expires_in
  if (typeof seconds === 'number' && Number.isFinite(seconds)) return requestedAt + Math.max(0, seconds) * 1000
  const expiryMs = typeof expires === 'string' ? Date.parse(expires) : Number.NaN
  return Number.isNaN(expiryMs) ? null : expiryMs
}

/** Null: it is no user. */
export const readUser = (status: number, body: unknown): LionDeskUser | null => {
  if (status >= 300 || !isRecord(body)) return null
  const id = typeof body.id === 'number' ? String(body.id) : readText(body.id)
  const names = [readText(body.first_name), readText(body.last_name)].filter((name) => name !== null)
  return { id, label: readText(body.email) ?? readText(body.name) ?? readText(names.join(' ')) }
}

const readText = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 254) : null
