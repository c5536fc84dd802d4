/** Returns a clock in milliseconds. Without `now` it reads the wall clock, and needs no `Date` object for that. */
export const toMillisecondClock = (now: (() => Date) | undefined): (() => number) =>
  now ? () => now().getTime() : Date.now
