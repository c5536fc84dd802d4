import { createCounts } from '#src/lib/counts.ts'

/** The owner of a share: a client of a tenant, or an anonymous network. */
export interface Payer {
  readonly tenant: string
  readonly client: string
}

const toPayerKey = ({ tenant, client }: Payer): string => `${tenant}\n${client}`

/**
 * Shares a fixed number of slots. A tenant may occupy at most as many slots as are free, and a client at most as many
 * as its tenant may still take. A single tenant gets half of all slots, a second tenant half of the rest, and so on. A
 * new tenant always finds a free slot, and the number of tenants need not be known.
 */
export const createShares = (total: number) => {
  let takenCount = 0
  const counts = createCounts()

  const change = (payer: Payer, delta: number): void => {
    takenCount += delta
    counts.add(payer.tenant, delta)
    counts.add(toPayerKey(payer), delta)
  }

  return {
    countTaken: (): number => takenCount,
    canTake: (payer: Payer): boolean => {
      const open = total - takenCount - counts.get(payer.tenant)
      return open > 0 && counts.get(toPayerKey(payer)) < open
    },
    /** Takes a slot. Returns a function that releases it; further calls have no effect. */
    take: (payer: Payer): (() => void) => {
      change(payer, 1)
      let isTaken = true
      return () => {
        if (isTaken) change(payer, -1)
        isTaken = false
      }
    },
  }
}

export type Shares = ReturnType<typeof createShares>
