import { MiB } from '#src/lib/units.ts'

/** For all calls of the process: four replies of maximum size. */
export const maxInFlightReplyBytes = 64 * MiB

/**
 * This part of each reply is free, so that short replies pass while long ones fill the budget. The bulkheads limit
 * their number.
 */
const freeReplyBytes = 256 * 1024

export interface ByteReservation {
  /** Returns false if the budget is exceeded. */
  reserve(bytes: number): boolean
  release(): void
}

/** Limits the reply bytes that are buffered at the same time in the process. */
export const createByteBudget = () => {
  let totalBytes = 0

  return (): ByteReservation => {
    let reservedBytes = -freeReplyBytes
    return {
      reserve: (bytes) => {
        const previousBytes = Math.max(0, reservedBytes)
        reservedBytes += bytes
        totalBytes += Math.max(0, reservedBytes) - previousBytes
        return totalBytes <= maxInFlightReplyBytes
      },
      release: () => {
        totalBytes -= Math.max(0, reservedBytes)
        reservedBytes = -freeReplyBytes
      },
    }
  }
}
