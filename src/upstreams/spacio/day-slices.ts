import type { UtcDays } from './lead-reports.ts'

const day = 86_400_000

/** Days of one slice. */
const length = 28

const dayAt = (instant: number): string => new Date(instant).toISOString().slice(0, 10)

/**
 * A range of days in slices that overlap by two: whether Spacio includes the ends of a range is not known, and no day
 * may fall between two of them.
 */
export const slicesOf = ({ startDate, endDate }: UtcDays): UtcDays[] => {
  const [start, end] = [Date.parse(startDate), Date.parse(endDate)]
  const slices: UtcDays[] = []
  for (let from = start; slices.length === 0 || from + day < end; from += (length - 1) * day) {
    slices.push({ startDate: dayAt(from), endDate: dayAt(Math.min(end, from + length * day)) })
  }
  return slices
}
