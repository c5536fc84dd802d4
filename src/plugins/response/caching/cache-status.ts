import type { CacheResult } from '#src/gateway/cache/request-cache.ts'

/** Returns the age in whole seconds. */
export const getAgeSeconds = ({ ageMs }: CacheResult<unknown>): number => Math.max(0, Math.floor(ageMs / 1000))

/**
 * Formats a `Cache-Status` member (RFC 9211). It has either `hit` or `fwd`: a stale response is a `hit` only if the
 * upstream was not called. After a failed call, `fwd-status` is the upstream's status, or else the status of the
 * problem.
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

const formatDetail = ({ source }: CacheResult<unknown>): string =>
  source.kind === 'stale' ? `; detail=${source.problem.code}` : ''
