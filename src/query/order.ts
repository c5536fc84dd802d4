import { createParameterProblem } from '#src/problems.ts'

export interface SortField {
  field: string
  descending: boolean
}

export const parseSortFields = (sort: string | undefined): SortField[] => {
  const names = sort?.split(',') ?? []
  const fields = names.map((name) => ({ field: name.replace(/^-/, ''), descending: name.startsWith('-') }))
  if (new Set(fields.map(({ field }) => field)).size === fields.length) return fields
  throw createParameterProblem('sort', 'must not contain a field twice')
}

/**
 * Sorts newest first and unknown times last. Equal times are sorted by id, so that a reversal reverses the whole list.
 */
export const compareNewestFirst =
  <T>(getTime: (element: T) => string | null, getId: (element: T) => string) =>
  (a: T, b: T): number => {
    const [timeA, timeB] = [getTime(a), getTime(b)]
    if (timeA !== timeB) return timeA === null ? 1 : timeB === null ? -1 : timeA < timeB ? 1 : -1
    return getId(a) < getId(b) ? 1 : getId(a) > getId(b) ? -1 : 0
  }
