import { EventProperty } from '#schemas/event-property.ts'
import { eventPropertyQuery } from '#schemas/event-property-query.ts'
import { eventId } from '#schemas/parameters.ts'
import { defineList } from '../lists.ts'

const { city, stateOrProvince, mlsStatus, listingId, sort, connection } = eventPropertyQuery.properties

export const listEventProperties = defineList({
  name: 'list_event_properties',
  title: 'List the properties of a CRM event',
  description: 'The properties attached to one event of the CRM (LionDesk), filtered and sorted as asked.',
  scope: 'events:read',
  input: { eventId, city, stateOrProvince, mlsStatus, listingId, sort, connection },
  row: EventProperty,
  labels: ['property', 'properties'],
  toRequest: ({ eventId, ...query }) => ({ path: ['events', eventId, 'properties'], query }),
})
