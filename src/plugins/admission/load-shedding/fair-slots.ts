import { createCounts } from '#src/lib/counts.ts'

/** The owner of slots: a client of a tenant, or an anonymous network. */
export interface SlotOwner {
  readonly tenant: string
  readonly client: string
}

const toOwnerKey = ({ tenant, client }: SlotOwner): string => `${tenant}\n${client}`

/**
 * FairSlots a fixed number of slots. A tenant may occupy at most as many slots as are free, and a client at most as many
 * as its tenant may still take. A single tenant gets half of all slots, a second tenant half of the rest, and so on. A
 * new tenant always finds a free slot, and the number of tenants need not be known.
 */
export const createFairSlots = (total: number) => {
  let takenCount = 0
  const counts = createCounts()

  const change = (owner: SlotOwner, delta: number): void => {
    takenCount += delta
    counts.add(owner.tenant, delta)
    counts.add(toOwnerKey(owner), delta)
  }

  return {
    countTaken: (): number => takenCount,
    canTake: (owner: SlotOwner): boolean => {
      const open = total - takenCount - counts.get(owner.tenant)
      return open > 0 && counts.get(toOwnerKey(owner)) < open
    },
    /** Takes a slot. Returns a function that releases it; further calls have no effect. */
    take: (owner: SlotOwner): (() => void) => {
      change(owner, 1)
      let isTaken = true
      return () => {
        if (isTaken) change(owner, -1)
        isTaken = false
      }
    },
  }
}

export type FairSlots = ReturnType<typeof createFairSlots>
