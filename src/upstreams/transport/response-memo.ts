import { LRUCache } from 'lru-cache'

/** What was made of a reply is given again where the same question brings the same bytes a third time. It is never older than the reply. */
export interface SameBytes {
  /**
   * `key`: whose question it is, and which. `isKnown`: these bytes came last time too, so that it may be worth to keep
   * more of what is made of them.
   */
  of<T extends object>(key: readonly string[], body: Buffer, make: () => T): { value: T; isKnown: boolean }
  /** The same for what is made in slices: its maker sets `value` where the bytes are known. */
  recall(key: readonly string[], body: Buffer): { value: object | null; isKnown: boolean }
}

/** Of wire bytes; what is made of them takes about five times as much. Personal data is among it: it stays in memory. */
const mostBytes = 16 * 1024 * 1024

/** One of these should not push out all others. */
const longest = 2 * 1024 * 1024

/** A body may be a small part of what was read from the socket, which would be kept with it. */
const alone = (body: Buffer): Buffer => (2 * body.length > body.buffer.byteLength ? body : Buffer.from(body))

export const createSameBytes = (maxSize = mostBytes): SameBytes => {
  const kept = new LRUCache<string, { body: Buffer; value: object | null; isKnown: boolean }>({
    max: 10_000,
    maxSize,
    maxEntrySize: longest,
    sizeCalculation: ({ body }) => 1 + body.length,
  })
  const recall = (key: readonly string[], body: Buffer) => {
    if (body.length > longest) return { value: null, isKnown: false }
    const name = JSON.stringify(key)
    const known = kept.get(name)
    // Comparing is a hundred times cheaper than reading.
    if (known?.body.equals(body)) {
      known.isKnown = true
      return known
    }
    // The bytes alone: what is made of those that never come again is best forgotten young.
    const entry = { body: alone(body), value: null, isKnown: false }
    kept.set(name, entry)
    return entry
  }

  return {
    recall,
    of: <T extends object>(key: readonly string[], body: Buffer, make: () => T) => {
      const known = recall(key, body)
      if (!known.isKnown) return { value: make(), isKnown: false }
      known.value ??= make()
      return { value: known.value as T, isKnown: true }
    },
  }
}
