import type { FastifyReply } from 'fastify'

export interface Allowance {
  name: string
  limit: number
  windowSeconds: number
  remaining: number
  resetSeconds: number
}

/**
 * Sets `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers) as structured fields (RFC 9651).
 * Without an allowance it sets none.
 */
export const setRateLimitHeaders = (reply: FastifyReply, ...allowances: readonly (Allowance | null)[]): void => {
  let policy = ''
  let state = ''
  for (const allowance of allowances) {
    if (!allowance) continue
    const { name, limit, windowSeconds, remaining, resetSeconds } = allowance
    const separator = policy === '' ? '' : ', '
    policy += `${separator}"${name}";q=${limit};w=${windowSeconds}`
    state += `${separator}"${name}";r=${remaining};t=${resetSeconds}`
  }
  if (policy !== '') reply.header('ratelimit-policy', policy).header('ratelimit', state)
}
