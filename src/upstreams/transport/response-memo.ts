import { LRUCache } from 'lru-cache'

/** What was made of a reply is given again where the same question brings the same bytes a third time. It is never older than the reply. */
export interface ResponseMemo {
  /**
   * `key`: whose question it is, and which. `isRepeat`: these bytes came last time too, so that it may be worth to keep
   * more of what is made of them.
   */
  getOrCompute<T extends object>(
    key: readonly string[],
    body: Buffer,
    compute: () => T,
  ): { value: T; isRepeat: boolean }
  /** The same for what is made in slices: its maker sets `value` where the bytes are known. */
  getEntry(key: readonly string[], body: Buffer): { value: object | null; isRepeat: boolean }
}

/** Of wire bytes; what is made of them takes about five times as much. Personal data is among it: it stays in memory. */
const maxTotalBytes = 16 * 1024 * 1024

/** One of these should not push out all others. */
const maxEntryBytes = 2 * 1024 * 1024

/** A body may be a small part of what was read from the socket, which would be kept with it. */
const toOwnCopy = (body: Buffer): Buffer => (2 * body.length > body.buffer.byteLength ? body : Buffer.from(body))

export const createResponseMemo = (maxSize = maxTotalBytes): ResponseMemo => {
  const entries = new LRUCache<string, { body: Buffer; value: object | null; isRepeat: boolean }>({
    max: 10_000,
    maxSize,
    maxEntrySize: maxEntryBytes,
    sizeCalculation: ({ body }) => 1 + body.length,
  })
  const getEntry = (key: readonly string[], body: Buffer) => {
    if (body.length > maxEntryBytes) return { value: null, isRepeat: false }
    const name = JSON.stringify(key)
    const cachedEntry = entries.get(name)
    // Comparing is a hundred times cheaper than reading.
    if (cachedEntry?.body.equals(body)) {
      cachedEntry.isRepeat = true
      return cachedEntry
    }
    // The bytes alone: what is made of those that never come again is best forgotten young.
    const entry = { body: toOwnCopy(body), value: null, isRepeat: false }
    entries.set(name, entry)
    return entry
  }

  return {
    getEntry,
    getOrCompute: <T extends object>(key: readonly string[], body: Buffer, compute: () => T) => {
      const entry = getEntry(key, body)
      if (!entry.isRepeat) return { value: compute(), isRepeat: false }
      entry.value ??= compute()
      return { value: entry.value as T, isRepeat: true }
    },
  }
}
