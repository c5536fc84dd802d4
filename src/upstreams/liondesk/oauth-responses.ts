/** Reads the responses of the token endpoint and of `GET /me`. It is tolerant, because lifetimes and fields vary. */
import { isRecord } from '#src/mapping/mapping.ts'

/** Times are milliseconds since 1970. */
export interface IssuedTokens {
  readonly accessToken: string
  /** Null if the response contains none; the earlier one stays valid. */
  readonly refreshToken: string | null
  readonly issuedAt: number
  /** Null if LionDesk sends no lifetime. */
  readonly expiresAt: number | null
}

export interface LionDeskUser {
  readonly id: string | null
  /** The e-mail address, or the name if there is none. */
  readonly label: string | null
}

/** Returns null if there is no token. `requestedAt` precedes the token, so its lifetime is never overestimated. */
export const readTokens = (body: unknown, requestedAt: number): IssuedTokens | null => {
  if (!isRecord(body)) return null
  const accessToken = readToken(body.access_token)
  if (accessToken === null) return null
  const refreshToken = readToken(body.refresh_token)
  return { accessToken, refreshToken, issuedAt: requestedAt, expiresAt: readExpiry(body, requestedAt) }
}

/** Only visible ASCII, because the token is sent in a header. */
const readToken = (value: unknown): string | null =>
  typeof value === 'string' && /^[\x21-\x7e]{1,4096}$/.test(value) ? value : null

/** Prefers relative seconds, which need no synchronized clocks. */
const readExpiry = ({ expires_in, expires }: Record<string, unknown>, requestedAt: number): number | null => {
  const seconds = typeof expires_in === 'string' && expires_in !== '' ? Number(expires_in) : expires_in
  if (typeof seconds === 'number' && Number.isFinite(seconds)) return requestedAt + Math.max(0, seconds) * 1000
  const expiryMs = typeof expires === 'string' ? Date.parse(expires) : Number.NaN
  return Number.isNaN(expiryMs) ? null : expiryMs
}

/** Returns null if the reply describes no user. */
export const readUser = (status: number, body: unknown): LionDeskUser | null => {
  if (status >= 300 || !isRecord(body)) return null
  const id = typeof body.id === 'number' ? String(body.id) : readText(body.id)
  const names = [readText(body.first_name), readText(body.last_name)].filter((name) => name !== null)
  return { id, label: readText(body.email) ?? readText(body.name) ?? readText(names.join(' ')) }
}

const readText = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 254) : null
