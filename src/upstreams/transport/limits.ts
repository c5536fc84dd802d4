import type { CallLimits } from './types.ts'

const MiB = 1024 * 1024

/**
 * A call that cannot start soon is refused after `maxWaitMs`. A crowd is no reason to refuse earlier: this many calls are
 * what one tenant can have under way in a process, so that the bound only limits memory.
 */
const maxQueuedCalls = 128

/** A user waits for a page: one slow attempt and a quick second one fit, and all that a page asks for in parallel. */
const spacioRead = {
  system: 'spacio',
  name: 'read',
  attemptTimeoutMs: 6_000,
  totalTimeoutMs: 10_000,
  maxBytes: 2 * MiB,
  maxInFlight: 12,
  maxQueued: maxQueuedCalls,
  // A crowd that meets a cold cache is served late rather than refused.
  maxWaitMs: 3_000,
  priority: 'read',
} as const

/** How long a call may take, how much it may bring and how many may be under way, for each class of operation. */
export const limits = {
  /** One record or a short list, and tokens. */
  spacioRead,
  /** All leads of one property at once, with their questions: single reads, but large. */
  spacioLeads: { ...spacioRead, name: 'leads', maxBytes: 16 * MiB },
  /** Brokerage, team and activity reports: the vendor computes them over many agents. */
  spacioReport: {
    system: 'spacio',
    name: 'report',
    attemptTimeoutMs: 18_000,
    totalTimeoutMs: 25_000,
    maxBytes: 8 * MiB,
    // Reports are heavy for the vendor and for the gateway's memory, so that few run at a time.
    maxInFlight: 4,
    maxQueued: maxQueuedCalls,
    maxWaitMs: 1_000,
    priority: 'report',
  },
  /**
   * A report that comes at once, however large, and is handed on as it comes. An attempt ends where nothing comes for
   * `attemptMs`: at first, and between any two chunks, but not while the client is slower than the upstream. The whole
   * has no bound that a large list at a slow client would meet: 200 MB at half a megabit a second take an hour. It is
   * apart from other reports, since slow clients hold its places. `maxBytes` is for what is no list, and held.
   */
  spacioExport: {
    system: 'spacio',
    name: 'export',
    attemptTimeoutMs: 18_000,
    totalTimeoutMs: 60 * 60_000,
    maxBytes: 8 * MiB,
    maxInFlight: 4,
    maxQueued: maxQueuedCalls,
    maxWaitMs: 1_000,
    priority: 'report',
  },
  liondeskRead: {
    system: 'liondesk',
    name: 'read',
    attemptTimeoutMs: 6_000,
    totalTimeoutMs: 10_000,
    maxBytes: 2 * MiB,
    // The vendor names no cap; its replies are quick, so that a queue of a second is a sign of trouble.
    maxInFlight: 16,
    maxQueued: maxQueuedCalls,
    maxWaitMs: 1_000,
    priority: 'read',
  },
  liondeskWrite: {
    system: 'liondesk',
    name: 'write',
    // Longer: giving up on a write leaves its outcome unknown. Hardly more in all: it is repeated only if nothing was sent.
    attemptTimeoutMs: 12_000,
    totalTimeoutMs: 14_000,
    maxBytes: 2 * MiB,
    maxInFlight: 16,
    maxQueued: maxQueuedCalls,
    maxWaitMs: 1_000,
    priority: 'read',
  },
  liondeskOAuth: {
    system: 'liondesk',
    name: 'oauth',
    attemptTimeoutMs: 6_000,
    // A request may wait for a token and still has its own call to make.
    totalTimeoutMs: 8_000,
    maxBytes: 64 * 1024,
    // One account refreshes once: several accounts of a tenant may do so at the same time.
    maxInFlight: 2,
    maxQueued: 16,
    maxWaitMs: 3_000,
    priority: 'read',
  },
} as const satisfies Record<string, CallLimits>

export const connectTimeoutMs = 2_000
