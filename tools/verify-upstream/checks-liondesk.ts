/** Checks of the LionDesk operations that read. */
import { type Check, orSkip, readOptions } from './check.ts'

/** More than the documented maximum, to observe the real one. */
const manyRecords = { conditions: [], sort: [], limit: 200, skip: 0 }

const eventProperty = {
  system: 'liondesk',
  needs: ['event'],
  mapping: 'liondesk.eventProperty',
  mayLack: ['id', 'created_at'],
} as const

const event = {
  system: 'liondesk',
  needs: ['event'],
  mapping: 'liondesk.event',
  mayLack: ['id', 'site_domain', 'dialer_session_id'],
} as const

const contact = {
  system: 'liondesk',
  needs: ['event'],
  mapping: 'liondesk.contact',
  mayLack: ['id', 'spouse_phone', 'spouse_birthday'],
} as const

const equals = (field: string, value: string) => ({ field, operator: 'eq' as const, values: [value] })

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
  {
    ...event,
    operation: 'getEvent',
    run: async ({ clients, requireId, findings }) => {
      const found = await clients.liondesk.events.get(requireId('event'), readOptions)
      findings.contactId = found.contactId
      return [found]
    },
  },
  {
    ...event,
    operation: 'findEvents',
    run: async ({ clients, findings }) => {
      const conditions = [equals('contactId', orSkip(findings.contactId, 'getEvent gave no contact'))]
      return (await clients.liondesk.events.find({ ...manyRecords, conditions }, readOptions)).data
    },
  },
  {
    ...contact,
    operation: 'getContact',
    run: async ({ clients, findings }) => {
      const found = await clients.liondesk.contacts.get(
        orSkip(findings.contactId, 'getEvent gave no contact'),
        readOptions,
      )
      findings.email = found.email
      return [found]
    },
  },
  {
    ...contact,
    operation: 'findContacts',
    run: async ({ clients, findings }) => {
      const conditions = [equals('email', orSkip(findings.email, 'getContact gave no e-mail address'))]
      return (await clients.liondesk.contacts.find({ ...manyRecords, conditions }, readOptions)).data
    },
  },
]
