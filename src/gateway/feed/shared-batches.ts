import type { Lead } from '../leads/reader.ts'
import type { Cursor } from './cursor.ts'
import type { Batch } from './log-reader.ts'

interface LeadEvent {
  readonly kind: 'lead'
  readonly lead: Lead
  readonly cursor: string
}

export interface SharedBatch extends Pick<Batch, 'position' | 'hasMore'> {
  /** All listeners share the same objects, so that each event is serialized once. */
  readonly events: readonly LeadEvent[]
}

export interface SharedBatches {
  /** Returns the leads after a position. Concurrent listeners share one read. */
  get(position: Cursor): Promise<SharedBatch>
  clear(): void
}

/** Long enough to notify all listeners of a channel. It also bounds the age of the leads that are sent. */
const reuseMs = 1_000

/** The maximum number of different positions, which listeners that catch up may have. */
const maxPositions = 64

export const createSharedBatches = (read: (position: Cursor) => Promise<Batch>): SharedBatches => {
  const batches = new Map<string, Promise<SharedBatch>>()

  const readShared = async (position: Cursor): Promise<SharedBatch> => {
    const { deliveries, ...rest } = await read(position)
    return { ...rest, events: deliveries.map(({ lead, cursor }) => ({ kind: 'lead', lead, cursor })) }
  }

  return {
    get: (position) => {
      const key = JSON.stringify([position.logId, position.seq, position.start?.from, position.start?.until])
      const current = batches.get(key)
      if (current) return current
      if (batches.size >= maxPositions) batches.clear()
      const batch = readShared(position)
      const forget = () => {
        if (batches.get(key) === batch) batches.delete(key)
      }
      batches.set(key, batch)
      batch.then(() => setTimeout(forget, reuseMs).unref(), forget)
      return batch
    },
    clear: () => batches.clear(),
  }
}
