/** A filter that the schema accepts and the gateway ignores would make a list longer than the client expects. */
import { expect, test } from 'vitest'
import { eventPropertyFilterFields, eventPropertyQuery } from '#schemas/event-property-query.ts'
import { leadExportQuery, leadQuery, reportLeadFilterFields } from '#schemas/lead-query.ts'

test.each([
  { name: 'leads', query: leadQuery, fields: reportLeadFilterFields },
  { name: 'exported leads', query: leadExportQuery, fields: reportLeadFilterFields },
  { name: 'event properties', query: eventPropertyQuery, fields: eventPropertyFilterFields },
])('each parameter with an operator is a filter of $name', ({ query, fields }) => {
  const names = Object.keys(query.properties).filter((name) => name.includes('['))
  expect(names.length).toBeGreaterThan(0)
  expect(names.filter((name) => !fields.includes(name.replace(/\[.*/, '')))).toEqual([])
})
