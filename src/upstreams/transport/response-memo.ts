import { LRUCache } from 'lru-cache'
import { MiB } from '#src/lib/units.ts'

/**
 * Caches the decoded value of a reply. If the same request returns the same bytes a third time, the value is reused. It
 * is never staler than the reply.
 */
export interface ResponseMemo {
  /**
   * Returns the entry of a reply. `key` identifies the tenant and the request. `isRepeat` is true if the previous reply
   * had the same bytes. The caller then sets `value`, and may cache more derived data.
   */
  getEntry(key: readonly string[], body: Buffer): { value: object | null; isRepeat: boolean }
}

/** Wire bytes; decoded values take about five times as much. They contain personal data and never leave memory. */
const maxTotalBytes = 16 * MiB

/** Prevents a single entry from evicting all others. */
const maxEntryBytes = 2 * MiB

/** Copies small bodies, because a view would retain the whole socket buffer. */
const toOwnCopy = (body: Buffer): Buffer => (2 * body.length > body.buffer.byteLength ? body : Buffer.from(body))

export const createResponseMemo = (maxSize = maxTotalBytes): ResponseMemo => {
  const entries = new LRUCache<string, { body: Buffer; value: object | null; isRepeat: boolean }>({
    max: 10_000,
    maxSize,
    maxEntrySize: maxEntryBytes,
    sizeCalculation: ({ body }) => 1 + body.length,
  })
  return {
    getEntry: (key, body) => {
      if (body.length > maxEntryBytes) return { value: null, isRepeat: false }
      const name = JSON.stringify(key)
      const cachedEntry = entries.get(name)
      // Comparing bytes is a hundred times cheaper than parsing.
      if (cachedEntry?.body.equals(body)) {
        cachedEntry.isRepeat = true
        return cachedEntry
      }
      // Stores only the bytes at first, because most replies never repeat and their values should be garbage-collected
      // early.
      const entry = { body: toOwnCopy(body), value: null, isRepeat: false }
      entries.set(name, entry)
      return entry
    },
  }
}
