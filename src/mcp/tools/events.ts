import { EventProperty } from '#schemas/event-property.ts'
import { eventPropertyQuery } from '#schemas/event-property-query.ts'
import { eventId } from '#schemas/parameters.ts'
import { defineList } from '../lists.ts'

const { city, stateOrProvince, mlsStatus, listingId, sort, connection } = eventPropertyQuery.properties

export const listEventProperties = defineList({
  name: 'list_event_properties',
  title: 'List the properties of a CRM event',
  description:
    'Lists the properties that are attached to an event of the CRM (LionDesk), with optional filters and sorting.',
  scope: 'events:read',
  input: { eventId, city, stateOrProvince, mlsStatus, listingId, sort, connection },
  row: EventProperty,
  labels: ['property', 'properties'],
  toRequest: ({ eventId, ...query }) => ({ path: ['events', eventId, 'properties'], query }),
})
