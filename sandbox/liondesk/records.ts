import { BadRequest } from '@feathersjs/errors'
import { MemoryService } from '@feathersjs/memory'
import type { EventProperty, LionDeskEvent, World } from '../world/types.ts'
import { blankInput } from './fields.ts'
import { createMatcher, createSorter } from './query.ts'
import type { LionDeskSettings } from './settings.ts'

/** Feathers supports these methods, but the vendor documents none of them. */
const rejectRecord =
  (name: string) =>
  (value: unknown): undefined => {
    if (value !== undefined) throw new BadRequest(`Invalid filter value ${name}`)
    return undefined
  }

/** The table of all events, in a Feathers memory service. */
export function createRecords(world: World, settings: () => Readonly<LionDeskSettings>) {
  const service = new MemoryService<EventProperty>({
    multi: true,
    paginate: { default: 10 },
    matcher: (query: Record<string, unknown>) => createMatcher(query, settings()),
    sorter: (sort: unknown) => createSorter(sort, settings()),
    filters: { $select: rejectRecord('$select'), $or: rejectRecord('$or'), $and: rejectRecord('$and') },
  })
  let lastId = 0
  let idsToRemove: string[] = []

  const nextId = (): string => {
    lastId++
    return String(lastId)
  }

  const reset = (): void => {
    idsToRemove = []
    service.store = Object.assign(Object.create(null), copyById(world))
    lastId = Math.max(0, ...world.eventProperties.map(({ id }) => Number(id)))
  }
  reset()

  return {
    service,
    reset,
    nextId,
    /** Adds a record to an event without validation. Omitted fields are null. */
    add: (event: LionDeskEvent, values: Record<string, string | null> = {}): EventProperty => {
      const ids = { id: nextId(), api_event_id: event.id, contact_id: event.contactId }
      const record: EventProperty = { half_baths: null, created_at: null, ...blankInput, ...values, ...ids }
      service.store[record.id] = record
      return record
    },
    /** Returns false if there is no such record. */
    remove: (id: string): boolean => id in service.store && delete service.store[id],
    /** Removes the record after the next list call. If called for several records, each list call removes one. */
    removeAfterFind: (id: string): void => {
      idsToRemove.push(id)
    },
    noteFind: (): void => {
      const id = idsToRemove.shift()
      if (id !== undefined) delete service.store[id]
    },
    list: (eventId?: string): EventProperty[] => {
      const all = structuredClone(Object.values(service.store))
      return eventId === undefined ? all : all.filter((record) => record.api_event_id === eventId)
    },
  }
}

const copyById = (world: World) => Object.fromEntries(world.eventProperties.map((record) => [record.id, { ...record }]))

export type Records = ReturnType<typeof createRecords>
