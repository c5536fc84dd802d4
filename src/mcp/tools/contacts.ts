import { Contact, contactQuery } from '#schemas/contact.ts'
import { CrmEvent, eventQuery } from '#schemas/crm-event.ts'
import { defineList } from '../lists.ts'

const { email, phone, connection } = contactQuery.properties
const { contactId, type, sort } = eventQuery.properties

export const findContacts = defineList({
  name: 'find_contacts',
  title: 'Find contacts in the CRM',
  description:
    'The contacts of the CRM (LionDesk) with an e-mail address, in any letter case, or with a phone number: name exactly one. Several can match. No match does not prove that there is no such contact.',
  scope: 'contacts:read',
  input: { email, phone, connection },
  row: Contact,
  labels: ['contact', 'contacts'],
  toRequest: (query) => ({ path: ['contacts'], query }),
})

export const listContactEvents = defineList({
  name: 'list_contact_events',
  title: 'List the CRM events of a contact',
  description:
    'What a contact of the CRM did, newest first, such as viewing a listing. `find_contacts` finds the contact of a visitor, and `list_event_properties` shows the listings that are attached to an event.',
  scope: 'events:read',
  input: { contactId, type, sort, connection },
  row: CrmEvent,
  labels: ['event', 'events'],
  toRequest: (query) => ({ path: ['events'], query }),
})
