import type { Priority } from './types.ts'

export const hourMs = 3_600_000

/**
 * Per cent of the cap at which calls of a kind end. Reports and refreshes leave room for single reads and tokens, and
 * pollers for reports. The last 5 % are never drawn: they cover a loss of the store, and clocks that differ.
 */
const limitPercents: Record<Priority, number> = { background: 60, report: 70, read: 95 }

/** Rounded up: of the smallest cap one call is left. */
export const getCallLimit = (cap: number, priority: Priority): number =>
  Math.ceil((Math.floor(cap) * limitPercents[priority]) / 100)

/** What a replica draws at once: 1 % of the cap. */
export const getBlockSize = (cap: number): number => Math.max(1, Math.floor(cap / 100))

/**
 * How many calls one of several replicas may have made without the store, having lived so long in the present hour. Only
 * what nobody draws is shared out, since others may have drawn all the rest; and only as time passes, so that a process
 * that is started again is not granted the hour again.
 */
export const getOfflineAllowance = (cap: number, replicas: number | null, uptimeMs: number): number => {
  if (replicas === null) return 0
  const reserveCalls = Math.floor(cap) - getCallLimit(cap, 'read')
  return Math.floor((reserveCalls / replicas) * (Math.max(0, uptimeMs) / hourMs))
}
