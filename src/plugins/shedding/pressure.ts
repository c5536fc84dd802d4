/** How the event loop does. */
export interface Pressure {
  /** Of the last interval, the part in which it worked: 0 to 1. */
  eventLoopUtilized: number
  /** Milliseconds by which timers come late. */
  eventLoopDelay: number
}

export const calm: Pressure = { eventLoopUtilized: 0, eventLoopDelay: 0 }

const mostUtilized = 0.95

const longestDelay = 250

/** From where on anything is given up. */
const first = 0.7

/**
 * Pressure as a load, 1 being the whole: lateness in proportion, and utilisation from its limit on, where the first
 * thing is given up, to a loop that never rests, where the last one is.
 */
export const loadOf = ({ eventLoopUtilized, eventLoopDelay }: Pressure): number => {
  const excess = (eventLoopUtilized - mostUtilized) / (1 - mostUtilized)
  return Math.max(eventLoopDelay / longestDelay, excess < 0 ? 0 : first + (1 - first) * excess)
}
