export interface Allowance {
  name: string
  limit: number
  /** The length of its window. */
  seconds: number
  left: number
  resetsIn: number
}

/** The two fields of draft-ietf-httpapi-ratelimit-headers, as lists of structured fields (RFC 9651). */
export const policyField = (allowances: readonly Allowance[]): string =>
  allowances.map(({ name, limit, seconds }) => `"${name}";q=${limit};w=${seconds}`).join(', ')

export const remainderField = (allowances: readonly Allowance[]): string =>
  allowances.map(({ name, left, resetsIn }) => `"${name}";r=${left};t=${resetsIn}`).join(', ')
