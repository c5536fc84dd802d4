/** What a gateway that is abused must keep to. */
export const bounds = {
  /** Resident at any moment, in megabytes. */
  peakMB: 400,
  /** Of the requests of a tenant that behaves. */
  answered: 0.99,
  /** Afterwards, beside what there was before: the allocator keeps up to 64 MB that it was given back. */
  moreMB: 150,
  moreDescriptors: 10,
  latencyRatio: 2,
  /** Within which connections that were left must be closed. */
  recoveryMs: 90_000,
} as const
