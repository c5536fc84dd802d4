import { hourMs } from '#src/lib/units.ts'
import type { Priority } from './types.ts'

/**
 * The percentage of the cap at which each priority stops. Reports and refreshes leave calls for interactive reads and
 * tokens; pollers leave calls for reports.
 * The last 5 % are never drawn. They cover losses of the store and clock differences.
 */
const limitPercents: Record<Priority, number> = { background: 60, report: 70, read: 95 }

/** The share of the cap that pollers plan with. It is below their limit, so that they rarely reach it. */
export const pollBudgetShare = (limitPercents.background * limitPercents.read) / 10_000

/** Rounded up, so that the smallest cap allows one call. */
export const getCallLimit = (cap: number, priority: Priority): number =>
  Math.ceil((Math.floor(cap) * limitPercents[priority]) / 100)

/** The number of calls that a replica draws together: 1 % of the cap. */
export const getBlockSize = (cap: number): number => Math.max(1, Math.floor(cap / 100))

/**
 * Returns how many calls a replica may make without the store after this uptime in the current hour.
 * The replicas divide only the part of the cap that is never drawn, because others may have drawn the rest. The
 * allowance grows with the uptime, so that restarts do not renew it.
 */
export const getOfflineAllowance = (cap: number, replicas: number | null, uptimeMs: number): number => {
  if (replicas === null) return 0
  const reserveCalls = Math.floor(cap) - getCallLimit(cap, 'read')
  return Math.floor((reserveCalls / replicas) * (Math.max(0, uptimeMs) / hourMs))
}
