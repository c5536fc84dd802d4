/** What reads in LionDesk: nothing else is ever asked. */
import { type Check, orSkip, readOptions } from './check.ts'

/** More than the vendor's page grants, so that its own maximum shows. */
const manyRecords = { conditions: [], sort: [], limit: 200, skip: 0 }

const eventProperty = {
  system: 'liondesk',
  needs: ['event'],
  mapping: 'liondesk.eventProperty',
  mayLack: ['id', 'created_at'],
} as const

export const liondeskChecks: readonly Check[] = [
  { system: 'liondesk', operation: 'me', needs: [], run: async ({ clients }) => [await clients.me()] },
  {
    ...eventProperty,
    operation: 'find',
    run: async ({ clients, requireId, findings }) => {
      const { data } = await clients.liondesk.find(requireId('event'), manyRecords, readOptions)
      findings.recordId = data[0]?.id ?? null
      return data
    },
  },
  {
    ...eventProperty,
    operation: 'get',
    run: async ({ clients, requireId, findings }) => {
      const recordId = orSkip(findings.recordId, 'find gave no record with an id')
      return [await clients.liondesk.get(requireId('event'), recordId, readOptions)]
    },
  },
]
