import type { CallLimits } from './types.ts'

const MiB = 1024 * 1024

/** How long a call may take and how much it may bring, for each class of operation. */
export const limits = {
  /** One record or a short list: a user is waiting for a page. */
  spacioRead: { attemptMs: 6_000, totalMs: 10_000, maxBytes: 2 * MiB },
  /** All leads of one property at once, with their questions. */
  spacioLeads: { attemptMs: 6_000, totalMs: 10_000, maxBytes: 16 * MiB },
  /** Brokerage, team and activity reports: the vendor computes them over many agents. */
  spacioReport: { attemptMs: 18_000, totalMs: 25_000, maxBytes: 8 * MiB },
  liondeskRead: { attemptMs: 6_000, totalMs: 10_000, maxBytes: 2 * MiB },
  /** Longer: giving up on a write leaves its outcome unknown. */
  liondeskWrite: { attemptMs: 12_000, totalMs: 14_000, maxBytes: 2 * MiB },
} as const satisfies Record<string, CallLimits>

export const connectMs = 2_000

/** Above the largest of the classes; what an unpacked body may reach before the class's own cap is looked at. */
export const maxUnpackedBytes = 16 * MiB
