/** The limits that the gateway must meet under abuse. */
export const bounds = {
  /** Maximum resident memory in megabytes. */
  peakMB: 400,
  /** The minimum share of answered requests of a well-behaved tenant. */
  answered: 0.99,
  /** The maximum growth after the run. The allocator retains up to 64 MB of freed memory. */
  moreMB: 150,
  moreDescriptors: 10,
  latencyRatio: 2,
  /** The time in which abandoned connections must be closed. */
  recoveryMs: 90_000,
} as const
