/** Whether a figure that is measured again and again stays where it is. */

export interface Trend {
  /** Medians of the first and the last third of what was measured. */
  first: number
  last: number
  isFlat: boolean
}

const getMedian = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

/** `margin`: by how much it may grow. Too few measurements prove nothing: they are not flat. */
export const computeTrend = (values: readonly number[], margin: number): Trend => {
  const third = Math.floor(values.length / 3)
  const [first, last] = [getMedian(values.slice(0, third)), getMedian(values.slice(values.length - third))]
  return { first, last, isFlat: third >= 3 && last - first <= margin }
}
