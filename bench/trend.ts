/** Decides whether a repeatedly measured value is stable. */

export interface Trend {
  /** Medians of the first and last third of the samples. */
  first: number
  last: number
  isFlat: boolean
}

const getMedian = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

/** `margin` is the allowed growth. With too few samples, the result is not stable. */
export const computeTrend = (values: readonly number[], margin: number): Trend => {
  const third = Math.floor(values.length / 3)
  const [first, last] = [getMedian(values.slice(0, third)), getMedian(values.slice(values.length - third))]
  return { first, last, isFlat: third >= 3 && last - first <= margin }
}
