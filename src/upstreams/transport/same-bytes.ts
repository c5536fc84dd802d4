import { LRUCache } from 'lru-cache'

/** What was made of a reply is given again where the same question brings the same bytes a third time. It is never older than the reply. */
export interface SameBytes {
  /**
   * `key`: whose question it is, and which. `isKnown`: these bytes came last time too, so that it may be worth to keep
   * more of what is made of them.
   */
  of<T extends object>(key: readonly string[], body: Buffer, make: () => T): { value: T; isKnown: boolean }
}

/** Of wire bytes; what is made of them takes about five times as much. Personal data is among it: it stays in memory. */
const mostBytes = 16 * 1024 * 1024

/** What an entry takes beside its bytes. */
const overhead = 512

/** One of these should not push out all others. */
const longest = 2 * 1024 * 1024

interface Kept {
  /** Room, and how much of it the last body took. */
  readonly room: Buffer
  length: number
  value: object | null
}

/** The next body of the same question may be a little longer. */
const spare = 1.1

const roomFor = (body: Buffer): Buffer => Buffer.allocUnsafeSlow(Math.ceil(spare * body.length))

const holds = ({ room, length }: Kept, body: Buffer): boolean =>
  length === body.length && room.compare(body, 0, length, 0, length) === 0

/** Neither too small, nor by far too large. */
const fits = ({ room }: Kept, body: Buffer): boolean =>
  body.length <= room.length && room.length <= 4 * spare * body.length + 1

export const createSameBytes = (maxSize = mostBytes): SameBytes => {
  const kept = new LRUCache<string, Kept>({
    maxSize,
    maxEntrySize: longest,
    sizeCalculation: ({ room }) => overhead + room.length,
  })

  /**
   * The bytes alone: what is made of those that never come again is best forgotten young. They go where the ones before
   * were, as a buffer of their own for each reply would grow old, and be given back only with a sweep of the whole heap.
   */
  const keep = (name: string, known: Kept | undefined, body: Buffer): void => {
    const place = known && fits(known, body) ? known : { room: roomFor(body), length: 0, value: null }
    body.copy(place.room)
    place.length = body.length
    place.value = null
    if (place !== known) kept.set(name, place)
  }
  return {
    of: <T extends object>(key: readonly string[], body: Buffer, make: () => T) => {
      const name = JSON.stringify(key)
      const known = kept.get(name)
      // Comparing is a hundred times cheaper than reading.
      if (known && holds(known, body)) {
        known.value ??= make()
        return { value: known.value as T, isKnown: true }
      }
      keep(name, known, body)
      return { value: make(), isKnown: false }
    },
  }
}
