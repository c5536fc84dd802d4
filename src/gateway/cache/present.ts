import type { ResultPage } from '#src/query/page.ts'
import type { RequestContext } from '../request-context.ts'
import type { CacheResult } from './request-cache.ts'

/** Notes an answer as what the reply to a call is made of. */
export const recordResult = <T>({ requestCache }: RequestContext, result: CacheResult<T>): T => {
  requestCache.result = result
  return result.value
}

/** As the caller wants it: what is kept holds the wire record. */
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
