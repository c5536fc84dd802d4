import type { Page } from '#src/query/page.ts'
import type { Call } from '../request-context.ts'
import type { Served } from './request-cache.ts'

/** Notes an answer as what the reply to a call is made of. */
export const answered = <T>({ reading }: Call, served: Served<T>): T => {
  reading.served = served
  return served.value
}

/** As the caller wants it: what is kept holds the wire record. */
export const shown = <T extends { source?: unknown }>(
  element: T,
  { includeSource }: Pick<Call, 'includeSource'>,
): T => {
  if (includeSource) return element
  const { source, ...rest } = element
  return rest as T
}

export const shownPage = <T extends { source?: unknown }>(
  page: Page<T>,
  call: Pick<Call, 'includeSource'>,
): Page<T> => ({
  ...page,
  data: page.data.map((element) => shown(element, call)),
})
