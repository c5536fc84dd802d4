export interface Allowance {
  name: string
  limit: number
  windowSeconds: number
  remaining: number
  resetSeconds: number
}

/**
 * Formats `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers) as structured fields (RFC 9651).
 */
export const formatPolicy = (allowances: readonly Allowance[]): string =>
  allowances.map(({ name, limit, windowSeconds }) => `"${name}";q=${limit};w=${windowSeconds}`).join(', ')

export const formatRemaining = (allowances: readonly Allowance[]): string =>
  allowances.map(({ name, remaining, resetSeconds }) => `"${name}";r=${remaining};t=${resetSeconds}`).join(', ')
