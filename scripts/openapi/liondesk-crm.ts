/** Contacts and events of LionDesk: the part that the gateway reads. */
import { contactMapping, eventMapping } from '#src/upstreams/liondesk/mapping.ts'
import { examples } from './liondesk-examples.ts'
import { createPathId, createQuery, createSort, pagingParameters } from './liondesk-parameters.ts'
import { createJsonContent, createReference, type Json } from './schemas.ts'
import { type AnyMapping, listWireFields } from './wire-schema.ts'

const createFilter = (field: string): Json =>
  createQuery(field, `Only where \`${field}\` is this. The vendor does not document it: check each record.`, {
    type: 'string',
  })

const createRead = (
  operationId: string,
  summary: string,
  reply: keyof typeof examples,
  parameters: Json[] = [],
): Json => ({
  operationId,
  summary,
  description: 'Needs access to the contact.',
  tags: ['Contacts and events'],
  ...(parameters.length > 0 && { parameters }),
  responses: {
    200: { description: 'Done.', content: createJsonContent(createReference(reply), examples[reply]) },
    '4XX': { $ref: '#/components/responses/Failed' },
  },
})

const createFindParameters = (mapping: AnyMapping, filters: readonly string[]): Json[] => [
  ...pagingParameters,
  createSort(listWireFields(mapping).map(({ from }) => from)),
  ...filters.map(createFilter),
]

export const crmPaths: Json = {
  '/contacts': {
    get: createRead(
      'findContacts',
      'Find contacts',
      'ContactPage',
      createFindParameters(contactMapping, ['email', 'mobile_phone', 'home_phone', 'office_phone']),
    ),
  },
  '/contacts/{id}': {
    parameters: [createPathId('id', 'Id of the contact.', '77')],
    get: createRead('getContact', 'Get a contact', 'Contact'),
  },
  '/events': {
    get: createRead(
      'findEvents',
      'Find events',
      'EventPage',
      createFindParameters(eventMapping, ['contact_id', 'type']),
    ),
  },
  '/events/{id}': {
    parameters: [createPathId('id', 'Id of the event.', '31')],
    get: createRead('getEvent', 'Get an event', 'Event'),
  },
}
