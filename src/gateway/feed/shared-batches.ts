import type { Lead } from '../leads/reader.ts'
import type { Cursor } from './cursor.ts'
import type { Batch } from './log-reader.ts'

export interface LeadEvent {
  readonly kind: 'lead'
  readonly lead: Lead
  readonly cursor: string
}

export interface SharedBatch extends Pick<Batch, 'position' | 'hasMore'> {
  /** The same objects for all listeners, so that each is serialized once. */
  readonly events: readonly LeadEvent[]
}

export interface SharedBatches {
  /** The leads after a position, read once for all listeners that are there at about the same time. */
  get(position: Cursor): Promise<SharedBatch>
  clear(): void
}

/** Long enough for all listeners of a channel to be told of a change. A lead that is sent is no older than this. */
const reuseMs = 1_000

/** Positions of listeners that catch up. */
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
