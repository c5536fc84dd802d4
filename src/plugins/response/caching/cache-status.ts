import type { CacheResult } from '#src/gateway/cache/request-cache.ts'

/** Seconds, as both fields count: fresh is what has more than none left. */
export const getAgeSeconds = ({ ageMs }: CacheResult<unknown>): number => Math.max(0, Math.floor(ageMs / 1000))

/**
 * How an answer was come by, as a `Cache-Status` member (RFC 9211). `hit` and `fwd` exclude each other: an answer that
 * is too old and stands in for one that failed is a `hit` only where the upstream was not asked. Without `fwd-status`
 * the failure would count as a success; where none arrived it is the one that the client would have seen.
 */
export const formatCacheStatus = (served: CacheResult<unknown>): string =>
  `Foyer; ${formatParameters(served)}; ttl=${served.freshMs / 1000 - getAgeSeconds(served)}${formatDetail(served)}`

const formatParameters = ({ source }: CacheResult<unknown>): string => {
  if (source.kind === 'hit') return 'hit'
  if (source.kind === 'miss') {
    return `fwd=${source.reason}${source.isStored ? '; stored' : ''}${source.isCollapsed ? '; collapsed' : ''}`
  }
  const { problem, wasUpstreamCalled } = source
  return wasUpstreamCalled ? `fwd=stale; fwd-status=${problem.fields.upstream?.status ?? problem.status}` : 'hit'
}

/** The code is one of ours, and says nothing of anybody. */
const formatDetail = ({ source }: CacheResult<unknown>): string =>
  source.kind === 'stale' ? `; detail=${source.problem.code}` : ''
