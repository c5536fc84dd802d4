/** Fits how cost grows with size. */
import type { Surroundings } from '../surroundings.ts'

export interface Point {
  readonly size: number
  /** Milliseconds of processor time for work of this size. */
  readonly cpu: number
  /** MB. */
  readonly memory: number
  /** The share of rejected requests. */
  readonly refused: number
}

export interface Sweep {
  readonly name: string
  /** The varied quantity. */
  readonly title: string
  /** The unit that the cost is divided by. */
  readonly each: string
  measure(size: number, surroundings: Surroundings): Promise<Point>
}

export const sizes = [1, 3, 10, 30, 100, 300, 1_000]

/** For smaller sizes, the fixed cost per request dominates. */
const minFittedSize = 10

/** Returns the exponent of the growth by least squares over logarithms: 1 is linear, 0 is constant. */
export const fitExponent = (points: readonly Point[]): number => {
  const fittedPoints = points.filter(({ size }) => size >= minFittedSize)
  const [xs, ys] = [fittedPoints.map(({ size }) => Math.log(size)), fittedPoints.map(({ cpu }) => Math.log(cpu))]
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [x, y] = [mean(xs), mean(ys)]
  const covariance = xs.reduce((sum, each, index) => sum + (each - x) * ((ys[index] as number) - y), 0)
  return covariance / xs.reduce((sum, each) => sum + (each - x) ** 2, 0)
}
