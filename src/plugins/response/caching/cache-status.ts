import type { Served } from '#src/gateway/cache/request-cache.ts'

/** Seconds, as both fields count: fresh is what has more than none left. */
export const ageOf = ({ ageMs }: Served<unknown>): number => Math.max(0, Math.floor(ageMs / 1000))

/**
 * How an answer was come by, as a `Cache-Status` member (RFC 9211). `hit` and `fwd` exclude each other: an answer that
 * is too old and stands in for one that failed is a `hit` only where the upstream was not asked. Without `fwd-status`
 * the failure would count as a success; where none arrived it is the one that the client would have seen.
 */
export const cacheStatusOf = (served: Served<unknown>): string =>
  `Foyer; ${parametersOf(served)}; ttl=${served.freshMs / 1000 - ageOf(served)}${detailOf(served)}`

const parametersOf = ({ way }: Served<unknown>): string => {
  if (way.kind === 'hit') return 'hit'
  if (way.kind === 'miss') {
    return `fwd=${way.reason}${way.isStored ? '; stored' : ''}${way.isCollapsed ? '; collapsed' : ''}`
  }
  const { problem, wasAsked } = way
  return wasAsked ? `fwd=stale; fwd-status=${problem.fields.upstream?.status ?? problem.status}` : 'hit'
}

/** The code is one of ours, and says nothing of anybody. */
const detailOf = ({ way }: Served<unknown>): string => (way.kind === 'stand-in' ? `; detail=${way.problem.code}` : '')
