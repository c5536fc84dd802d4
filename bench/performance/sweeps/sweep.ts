/** How cost grows with the size of something. */
import type { Surroundings } from '../surroundings.ts'

export interface Point {
  readonly size: number
  /** Milliseconds of processor time for work of that size. */
  readonly cpu: number
  /** MB. */
  readonly memory: number
  /** Of all answers, the part that was refused. */
  readonly refused: number
}

export interface Sweep {
  readonly name: string
  /** What there are more and more of. */
  readonly title: string
  /** What is divided by the size. */
  readonly each: string
  measure(size: number, surroundings: Surroundings): Promise<Point>
}

export const sizes = [1, 3, 10, 30, 100, 300, 1_000]

/** Below, what every request costs hides how it grows. */
const minFittedSize = 10

/**
 * The power of the size that the cost grows with, by least squares over both logarithms: 1 is linear, 0 is none.
 */
export const fitExponent = (points: readonly Point[]): number => {
  const fittedPoints = points.filter(({ size }) => size >= minFittedSize)
  const [xs, ys] = [fittedPoints.map(({ size }) => Math.log(size)), fittedPoints.map(({ cpu }) => Math.log(cpu))]
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [x, y] = [mean(xs), mean(ys)]
  const covariance = xs.reduce((sum, each, index) => sum + (each - x) * ((ys[index] as number) - y), 0)
  return covariance / xs.reduce((sum, each) => sum + (each - x) ** 2, 0)
}
