import { hourMs } from './budget-shares.ts'

/** Clocks that differ by less than this agree: the 5 % of the cap that are never drawn cover it. */
const maxClockSkewMs = 5_000

/** A stretch of time whose calls count together. */
export interface HourSpan {
  /** UTC hours since 1970, the present one first. There are several only while the clocks disagree. */
  indices: readonly number[]
}

export interface HourClockOptions {
  /** The wall clock, which may be set forward and back. */
  now: () => number
  /** Milliseconds on a clock that is never set. */
  monotonic: () => number
}

/**
 * Tells which UTC hour it is. A new hour begins when the wall clock says so and the monotonic clock agrees that the last
 * one is over. If only the wall clock says so it was set, and both hours may be the same one: calls count in both.
 */
export const createHourClock = ({ now, monotonic }: HourClockOptions): (() => HourSpan) => {
  let span: HourSpan = { indices: [] }
  /** On the monotonic clock. */
  let spanEndMs = Number.NEGATIVE_INFINITY

  return () => {
    const index = Math.floor(now() / hourMs)
    if (span.indices.length === 1 && span.indices[0] === index) return span
    if (monotonic() > spanEndMs - maxClockSkewMs) {
      span = { indices: [index] }
      spanEndMs = monotonic() + hourMs - (now() % hourMs)
    } else if (span.indices[0] !== index) {
      span.indices = [index, ...span.indices.filter((other) => other !== index)]
    }
    return span
  }
}
