import { hourMs, MiB } from '#src/lib/units.ts'
import type { CallLimits } from './types.ts'

/**
 * Limits only memory: a call that cannot start soon is rejected after `maxWaitMs`. One tenant can have this many calls
 * in progress in a process.
 */
const maxQueuedCalls = 128

/** A user waits for the page: the time allows one slow attempt, a quick retry, and the parallel calls of a page. */
const spacioRead = {
  system: 'spacio',
  name: 'read',
  attemptTimeoutMs: 6_000,
  totalTimeoutMs: 10_000,
  maxBytes: 2 * MiB,
  maxInFlight: 12,
  maxQueued: maxQueuedCalls,
  // A burst of requests on a cold cache should be slow rather than rejected.
  maxWaitMs: 3_000,
  priority: 'read',
} as const

const spacioReport = {
  system: 'spacio',
  name: 'report',
  attemptTimeoutMs: 18_000,
  totalTimeoutMs: 25_000,
  maxBytes: 8 * MiB,
  // Reports are expensive for the vendor and for the gateway's memory.
  maxInFlight: 4,
  maxQueued: maxQueuedCalls,
  maxWaitMs: 1_000,
  priority: 'report',
} as const

const liondeskRead = {
  system: 'liondesk',
  name: 'read',
  attemptTimeoutMs: 6_000,
  totalTimeoutMs: 10_000,
  maxBytes: 2 * MiB,
  // The vendor documents no limit. Its replies are fast, so a queue of a second indicates a problem.
  maxInFlight: 16,
  maxQueued: maxQueuedCalls,
  maxWaitMs: 1_000,
  priority: 'read',
} as const

/** Timeouts, reply sizes and concurrency for each class of operations. */
export const limits = {
  /** Single records, short lists and tokens. */
  spacioRead,
  /** All leads of one property with their questions: single reads, but large. */
  spacioLeads: { ...spacioRead, name: 'leads', maxBytes: 16 * MiB },
  /** Brokerage, team and activity reports, which the vendor computes over many agents. */
  spacioReport,
  /**
   * A report of any size that is streamed to the client. An attempt fails if no data arrives for `attemptTimeoutMs`;
   * time that the client takes to read does not count.
   * The total timeout allows large lists at slow clients: 200 MB at half a megabit per second take an hour. Exports
   * have their own class, because slow clients occupy its slots. `maxBytes` applies to buffered replies, which are not
   * lists.
   */
  spacioExport: { ...spacioReport, name: 'export', totalTimeoutMs: hourMs },
  liondeskRead,
  /**
   * Longer, because an aborted write has an unknown outcome. The total is hardly longer, because a write is repeated
   * only if it was not sent.
   */
  liondeskWrite: { ...liondeskRead, name: 'write', attemptTimeoutMs: 12_000, totalTimeoutMs: 14_000 },
  liondeskOAuth: {
    ...liondeskRead,
    name: 'oauth',
    // A request may wait for a token and then still has to make its own call.
    totalTimeoutMs: 8_000,
    maxBytes: 64 * 1024,
    // Each account refreshes once; several accounts of a tenant may do so at the same time.
    maxInFlight: 2,
    maxQueued: 16,
    maxWaitMs: 3_000,
  },
} as const satisfies Record<string, CallLimits>

export const connectTimeoutMs = 2_000
