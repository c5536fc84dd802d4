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
export const readTokens = (body: unknown, askedAt: number): IssuedTokens | null => {
  if (!isRecord(body)) return null
  const accessToken = tokenIn(body.access_token)
  if (accessToken === null) return null
  const refreshToken = tokenIn(body.refresh_token)
  return { accessToken, refreshToken, issuedAt: askedAt, expiresAt: expiryIn(body, askedAt) }
}

/** It is sent in a header: nothing but visible ASCII. */
const tokenIn = (value: unknown): string | null =>
  typeof value === 'string' && /^[\x21-\x7e]{1,4096}$/.test(value) ? value : null

/** Seconds from now first: they need no agreement of clocks. */
const expiryIn = ({ expires_in, expires }: Record<string, unknown>, askedAt: number): number | null => {
  const seconds = typeof expires_in === 'string' && expires_in !== '' ? Number(expires_in) : expires_in
  if (typeof seconds === 'number' && Number.isFinite(seconds)) return askedAt + Math.max(0, seconds) * 1000
  const moment = typeof expires === 'string' ? Date.parse(expires) : Number.NaN
  return Number.isNaN(moment) ? null : moment
}

/** Null: it is no user. */
export const readUser = (status: number, body: unknown): LionDeskUser | null => {
  if (status >= 300 || !isRecord(body)) return null
  const id = typeof body.id === 'number' ? String(body.id) : textIn(body.id)
  const names = [textIn(body.first_name), textIn(body.last_name)].filter((name) => name !== null)
  return { id, label: textIn(body.email) ?? textIn(body.name) ?? textIn(names.join(' ')) }
}

const textIn = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 254) : null
