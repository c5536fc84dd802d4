import { dayMs, parseDay } from '../time.ts'
import type { Lead } from '../world/types.ts'
import type { Form } from './form.ts'
import type { SpacioSettings } from './settings.ts'

/** Returns the UTC days of a call as a half-open time range. Invalid days yield an empty range. */
export function readWindow(form: Form, settings: SpacioSettings): { start: number; end: number } {
  const [first, last] = [parseDay(form.startDate), parseDay(form.endDate)]
  if (first === null || last === null) return { start: 0, end: 0 }
  return {
    start: settings.rangeStart === 'inclusive' ? first : first + dayMs,
    end: settings.rangeEnd === 'inclusive' ? last + dayMs : last,
  }
}

/** The last digits are random, so sorting by them shuffles the leads in a repeatable way. */
const getShuffleKey = (lead: Lead): string => lead.id.slice(8)

export function sortLeads(newestFirst: readonly Lead[], { order }: SpacioSettings): readonly Lead[] {
  if (order === 'newest') return newestFirst
  if (order === 'oldest') return newestFirst.toReversed()
  return newestFirst.toSorted((left, right) => (getShuffleKey(left) < getShuffleKey(right) ? -1 : 1))
}

const pageSize = 100

export function cutPage<T>(items: readonly T[], pageText: string | undefined) {
  const requestedPage = Number(pageText ?? '1')
  const pageNumber = Number.isInteger(requestedPage) && requestedPage >= 1 ? requestedPage : 1
  const page = items.slice((pageNumber - 1) * pageSize, pageNumber * pageSize)
  const info = {
    resultsOnPage: page.length,
    totalCount: items.length,
    pageNumber,
    totalPages: Math.ceil(items.length / pageSize),
  }
  return { info, page }
}
