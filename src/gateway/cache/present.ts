import type { ResultPage } from '#src/query/page.ts'
import type { RequestContext } from '../request-context.ts'
import type { CacheResult } from './request-cache.ts'

/** Records a cache result, so that the response headers can describe it. */
export const recordResult = <T>({ requestCache }: RequestContext, result: CacheResult<T>): T => {
  requestCache.result = result
  return result.value
}

/** Removes the wire record, which cached values always include, unless the caller requested it. */
export const withoutSource = <T extends { source?: unknown }>(
  element: T,
  { includeSource }: Pick<RequestContext, 'includeSource'>,
): T => {
  if (includeSource) return element
  const { source, ...rest } = element
  return rest as T
}

export const withoutPageSources = <T extends { source?: unknown }>(
  page: ResultPage<T>,
  call: Pick<RequestContext, 'includeSource'>,
): ResultPage<T> => ({
  ...page,
  data: page.data.map((element) => withoutSource(element, call)),
})
