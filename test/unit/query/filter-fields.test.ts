/** A filter that the schema accepts and the gateway ignores would make a list longer than the client expects. */
import { expect, test } from 'vitest'
import { contactQuery } from '#schemas/contact.ts'
import { eventQuery } from '#schemas/crm-event.ts'
import { eventPropertyFilterFields, eventPropertyQuery } from '#schemas/event-property-query.ts'
import { leadExportQuery, leadQuery, reportLeadFilterFields } from '#schemas/lead-query.ts'

/** Parameters that select no elements, and the sources and the window of leads. */
const otherParameters = [
  ...['limit', 'offset', 'sort', 'include', 'connection', 'format', 'bom'],
  ...['brokerageId', 'teamId', 'actingAgent', 'from', 'to', 'timeZone'],
]

test.each([
  { name: 'leads', query: leadQuery, fields: reportLeadFilterFields },
  { name: 'exported leads', query: leadExportQuery, fields: reportLeadFilterFields },
  { name: 'event properties', query: eventPropertyQuery, fields: eventPropertyFilterFields },
  { name: 'events', query: eventQuery, fields: ['contactId', 'type'] },
  { name: 'contacts', query: contactQuery, fields: ['email', 'phone'] },
])('the gateway applies each filter parameter of $name', ({ query, fields }) => {
  const filters = Object.keys(query.properties).filter((name) => !otherParameters.includes(name))
  expect(filters.length).toBeGreaterThan(0)
  expect(filters.filter((name) => !fields.includes(name.replace(/\[.*/, '')))).toEqual([])
})
