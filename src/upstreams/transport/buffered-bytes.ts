const MiB = 1024 * 1024

/** For all calls of the process: four of the longest replies. */
const maxHeldBytes = 64 * MiB

/** Of each reply so much is free: short replies pass whatever long ones are held, and the bulkheads bound their number. */
const freeBytes = 256 * 1024

export interface HeldBytes {
  /** False: they are more than the process may hold. */
  take(bytes: number): boolean
  release(): void
}

/** Counts the bytes of the replies that a process holds from their arrival until they have been read. */
export const createHeldBytes = () => {
  let total = 0

  return (): HeldBytes => {
    let taken = -freeBytes
    return {
      take: (bytes) => {
        const before = Math.max(0, taken)
        taken += bytes
        total += Math.max(0, taken) - before
        return total <= maxHeldBytes
      },
      release: () => {
        total -= Math.max(0, taken)
        taken = -freeBytes
      },
    }
  }
}
