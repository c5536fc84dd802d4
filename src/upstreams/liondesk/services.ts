import type { Static } from 'typebox'
import type { Contact } from '#schemas/contact.ts'
import type { CrmEvent } from '#schemas/crm-event.ts'
import type { EventProperty } from '#schemas/event-property.ts'
import type { Mapping } from '#src/mapping/mapping.ts'
import { contactMapping, eventMapping, eventPropertyMapping } from './mapping.ts'

export type ContactFields = Static<typeof Contact>
export type EventFields = Static<typeof CrmEvent>
export type EventProperties = Static<typeof EventProperty>

/** A resource of LionDesk: where its records are, and how they are read. */
export interface Service<Fields> {
  readonly mapping: Mapping<Omit<Fields, 'source'>>
  /** The collection; its records are one segment below. */
  readonly path: string
  /** What problems and metrics call the two operations. */
  readonly operations: { readonly find: string; readonly get: string }
  /** Fields that the path states. */
  readonly pathFields?: Partial<Omit<Fields, 'source'>>
  /**
   * Makes values comparable that the upstream may treat as equal. A service that has it is not trusted to filter: a row
   * that does not match the filter makes the reply unusable.
   */
  readonly toComparable?: (field: string, value: string) => string
}

const foldCase = (value: string): string => value.trim().toLowerCase()

/** Digits without the country code of North America, which is often left out. */
const toDigits = (value: string): string => value.replace(/\D/g, '').replace(/^1(?=\d{10}$)/, '')

export const contactService: Service<ContactFields> = {
  mapping: contactMapping,
  path: '/contacts',
  operations: { find: 'findContacts', get: 'getContact' },
  toComparable: (field, value) => (field === 'email' ? foldCase(value) : toDigits(value)),
}

export const eventService: Service<EventFields> = {
  mapping: eventMapping,
  path: '/events',
  operations: { find: 'findEvents', get: 'getEvent' },
  toComparable: (field, value) => (field === 'type' ? foldCase(value) : value),
}

export const getEventPropertyService = (eventId: string): Service<EventProperties> => ({
  mapping: eventPropertyMapping,
  path: getEventPropertyPath(eventId),
  operations: { find: 'find', get: 'get' },
  pathFields: { eventId },
})

export const getEventPropertyPath = (eventId: string): string => `/events/${toPathSegment(eventId)}/properties`

export const toPathSegment = (value: string): string => {
  // Feathers applies a PATCH or DELETE without an id to all records, so an empty id must be impossible.
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(value)) throw new TypeError('an id of LionDesk is 1 to 64 letters, digits, - and _')
  return value
}
