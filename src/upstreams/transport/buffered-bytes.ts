const MiB = 1024 * 1024

/** For all calls of the process: four of the longest replies. */
const maxInFlightReplyBytes = 64 * MiB

/** Of each reply so much is free: short replies pass whatever long ones are held, and the bulkheads bound their number. */
const freeReplyBytes = 256 * 1024

export interface ByteReservation {
  /** False: they are more than the process may hold. */
  reserve(bytes: number): boolean
  release(): void
}

/** Counts the bytes of the replies that a process holds from their arrival until they have been read. */
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
