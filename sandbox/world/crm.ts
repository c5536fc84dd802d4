import { dayMs, formatIsoTime, hourMs } from '../time.ts'
import type { CrmRecord, LionDeskEvent } from './types.ts'

const firstNames = ['Ada', 'Bilal', 'Greta', 'Hiro', 'Kavya']
const lastNames = ['Bakare', 'Hakimi', 'Ivanova', 'Jansen']

/** The visitor whom the leads have with this address. */
const visitor = { first_name: 'Elif', last_name: 'Dvořák', email: 'visitor2@example.com', mobile_phone: '517-555-0104' }

const blankContact = {
  ...{ first_name: null, last_name: null, email: null, mobile_phone: null, home_phone: null, office_phone: null },
  ...{ fax: null, company: null, birthday: null, anniversary: null },
  ...{ spouse_name: null, spouse_email: null, spouse_phone: null, spouse_birthday: null },
  ...{ tags: null, assigned_user_id: null, hotness_id: null, source_id: null },
}

/** Ids of contacts are numbers, and nothing is required. */
export const makeContact = (id: number, ownerId: string, createdAt: number): CrmRecord => ({
  id,
  ...blankContact,
  owner_user_id: Number(ownerId),
  created_at: formatIsoTime(createdAt),
  modified_at: formatIsoTime(createdAt),
})

/** Every third address is spelled with capitals, and phones are free text. */
const inventContact = (number: number): Record<string, string | null> => {
  const line = `01${String(number % 100).padStart(2, '0')}`
  return {
    first_name: firstNames[number % firstNames.length] ?? null,
    last_name: lastNames[number % lastNames.length] ?? null,
    email: number % 3 === 0 ? `Contact${number}@Example.com` : `contact${number}@example.com`,
    mobile_phone: number % 2 === 0 ? `1 (604) 555-${line}` : `604555${line}`,
    company: number % 4 === 0 ? 'Example & Co.' : '',
    tags: 'Pending',
  }
}

export const makeContacts = (events: readonly LionDeskEvent[], now: number): CrmRecord[] => {
  const owners = new Map(events.map(({ contactId, ownerId }) => [Number(contactId), ownerId]))
  return [...owners].map(([id, ownerId]) => ({
    ...makeContact(id, ownerId, now - (300 - id) * dayMs),
    ...(id === 1 ? { ...visitor, birthday: '1984-02-29' } : inventContact(id)),
  }))
}

/** Ids of events are text. */
export const makeEventRecord = (event: Omit<LionDeskEvent, 'shared'>, createdAt: number): CrmRecord => ({
  id: event.id,
  user_id: Number(event.ownerId),
  contact_id: event.contactId,
  source: event.source,
  type: 'property_viewed',
  description: null,
  site_domain: null,
  dialer_session_id: null,
  property: null,
  created_at: formatIsoTime(createdAt),
  modified_at: formatIsoTime(createdAt),
})

export const makeEventRecords = (events: readonly LionDeskEvent[], now: number): CrmRecord[] =>
  events.map((event) => ({
    ...makeEventRecord(event, now - (21 - Number(event.id)) * hourMs),
    ...(event.id === '8' && { type: 'open_house_visited' }),
    ...(event.id === '7' && { description: 'Viewed the listing', site_domain: 'listings.example.com' }),
  }))
