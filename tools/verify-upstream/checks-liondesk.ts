/** What reads in LionDesk: nothing else is ever asked. */
import { type Check, orSkip, read } from './check.ts'

/** More than the vendor's page grants, so that its own maximum shows. */
const manyRecords = { conditions: [], sort: [], limit: 200, skip: 0 }

const eventProperty = {
  system: 'liondesk',
  needs: ['event'],
  mapping: 'liondesk.eventProperty',
  mayLack: ['id', 'created_at'],
} as const

export const liondeskChecks: readonly Check[] = [
  { system: 'liondesk', operation: 'me', needs: [], ask: async ({ clients }) => [await clients.me()] },
  {
    ...eventProperty,
    operation: 'find',
    ask: async ({ clients, id, known }) => {
      const { data } = await clients.liondesk.find(id('event'), manyRecords, read)
      known.recordId = data[0]?.id ?? null
      return data
    },
  },
  {
    ...eventProperty,
    operation: 'get',
    ask: async ({ clients, id, known }) => {
      const recordId = orSkip(known.recordId, 'find gave no record with an id')
      return [await clients.liondesk.get(id('event'), recordId, read)]
    },
  },
]
