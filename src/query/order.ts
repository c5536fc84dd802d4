import { createParameterProblem } from '#src/problems.ts'

/** The order of lists: `sort=-listPrice,city`. */
export interface SortField {
  field: string
  descending: boolean
}

export const parseSortFields = (sort: string | undefined): SortField[] => {
  const words = sort?.split(',') ?? []
  const fields = words.map((word) => ({ field: word.replace(/^-/, ''), descending: word.startsWith('-') }))
  if (new Set(fields.map(({ field }) => field)).size === fields.length) return fields
  throw createParameterProblem('sort', 'names a field twice')
}

/** Newest first, unknown times last; of equals the greater id first, so that a reversal reverses all. */
export const compareNewestFirst =
  <T>(getTime: (element: T) => string | null, getId: (element: T) => string) =>
  (a: T, b: T): number => {
    const [timeA, timeB] = [getTime(a), getTime(b)]
    if (timeA !== timeB) return timeA === null ? 1 : timeB === null ? -1 : timeA < timeB ? 1 : -1
    return getId(a) < getId(b) ? 1 : getId(a) > getId(b) ? -1 : 0
  }
