import { BadRequest } from '@feathersjs/errors'
import { MemoryService } from '@feathersjs/memory'
import type { EventProperty, World } from '../world/types.ts'
import { createMatcher, createSorter } from './query.ts'

/** Feathers offers these, but the vendor documents none of them. */
const refuse =
  (name: string) =>
  (value: unknown): undefined => {
    if (value !== undefined) throw new BadRequest(`Invalid filter value ${name}`)
    return undefined
  }

/** The one table behind all events, in a Feathers memory service. */
export function createRecords(world: World) {
  const service = new MemoryService<EventProperty>({
    multi: true,
    paginate: { default: 10 },
    matcher: createMatcher,
    sorter: createSorter,
    filters: { $select: refuse('$select'), $or: refuse('$or'), $and: refuse('$and') },
  })
  let lastId = 0

  const reset = (): void => {
    service.store = Object.assign(Object.create(null), structuredClone(Object.fromEntries(byId(world))))
    lastId = Math.max(0, ...world.eventProperties.map(({ id }) => Number(id)))
  }
  reset()

  return {
    service,
    reset,
    nextId: (): string => {
      lastId++
      return String(lastId)
    },
    list: (eventId?: string): EventProperty[] => {
      const all = structuredClone(Object.values(service.store))
      return eventId === undefined ? all : all.filter((record) => record.api_event_id === eventId)
    },
  }
}

const byId = (world: World) => world.eventProperties.map((record) => [record.id, record] as const)

export type Records = ReturnType<typeof createRecords>
