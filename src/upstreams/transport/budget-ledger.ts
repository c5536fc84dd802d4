/** The counters and values that replicas share; a store implements it. */
export interface BudgetLedger {
  /**
   * Atomically draws up to `amount` from a counter that ends at `cap`. Returns the granted amount.
   * The counter expires `ttlMs` after its first draw.
   */
  draw(counter: string, amount: number, cap: number, ttlMs: number): Promise<number>
  getDrawn(counter: string): Promise<number>
  get(key: string): Promise<string | null>
  set(key: string, value: string, ttlMs?: number): Promise<void>
}

/** A ledger for a single process. */
export const createLocalLedger = (now: () => number): BudgetLedger => {
  const entries = new Map<string, { value: string; expiresAt: number }>()

  const get = (key: string): string | null => {
    const entry = entries.get(key)
    if (entry && entry.expiresAt > now()) return entry.value
    entries.delete(key)
    return null
  }

  const getDrawn = (counter: string): number => Number(get(counter) ?? 0)

  return {
    get: async (key) => get(key),
    set: async (key, value, ttlMs = Number.POSITIVE_INFINITY) => {
      entries.set(key, { value, expiresAt: now() + ttlMs })
    },
    getDrawn: async (counter) => getDrawn(counter),
    draw: async (counter, amount, cap, ttlMs) => {
      const drawnBefore = getDrawn(counter)
      const granted = Math.max(0, Math.min(amount, cap - drawnBefore))
      const expiresAt = entries.get(counter)?.expiresAt ?? now() + ttlMs
      entries.set(counter, { value: String(drawnBefore + granted), expiresAt })
      return granted
    },
  }
}
