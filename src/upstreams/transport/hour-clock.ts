import { getHourRemainingMs, hourMs } from '#src/lib/units.ts'

/** Clock differences below this count as equal. The undrawn 5 % of the cap cover them. */
const maxClockSkewMs = 5_000

/** A period whose calls are counted together. */
export interface HourSpan {
  /** UTC hours since 1970, the current one first. There are several only while the clocks disagree. */
  indices: readonly number[]
}

export interface HourClockOptions {
  /** The wall clock, which may be adjusted. */
  now: () => number
  /** Milliseconds on the monotonic clock. */
  monotonic: () => number
}

/**
 * Determines the current UTC hour. A new hour starts when both the wall clock and the monotonic clock confirm it.
 * If only the wall clock does, it was adjusted. Both hours may then be the same, so calls count in both.
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
      spanEndMs = monotonic() + getHourRemainingMs(now())
    } else if (span.indices[0] !== index) {
      span.indices = [index, ...span.indices.filter((other) => other !== index)]
    }
    return span
  }
}
