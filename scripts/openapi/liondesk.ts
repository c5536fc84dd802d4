import { EventPropertyPatch, maxPhotoUrlsLength } from '#schemas/event-property.ts'
import { eventPropertyMapping, liondeskMappings } from '#src/upstreams/liondesk/mapping.ts'
import { crmPaths } from './liondesk-crm.ts'
import { examples } from './liondesk-examples.ts'
import { oauthPaths, oauthSchemas, oauthScheme } from './liondesk-oauth.ts'
import { eventId, findParameters, recordId } from './liondesk-parameters.ts'
import { createJsonContent, createRecordSchemas, createReference, type Json, license } from './schemas.ts'
import { createWireSchema, listWireFields } from './wire-schema.ts'

/** Documented limits that the public schema expresses differently, or that apply to a number there. */
const otherLimits: Json = { images: maxPhotoUrlsLength, square_feet: 45 }

const publicLimits = EventPropertyPatch.properties as unknown as Record<string, { maxLength?: number }>

const findLimit = (from: string, field: string): unknown => otherLimits[from] ?? publicLimits[field]?.maxLength

/** The writable part of the record, with the documented limits. */
const createInputSchema = (): Json => {
  const properties = createWireSchema(eventPropertyMapping).properties as Record<string, Json>
  const writable = listWireFields(eventPropertyMapping).filter(({ readOnly }) => !readOnly)
  const limited = writable.map(({ from, field }) => {
    const maxLength = findLimit(from, field)
    return [from, { ...properties[from], ...(maxLength !== undefined && { maxLength }) }]
  })
  return {
    description: 'What can be written. Everything is optional; null clears.',
    type: 'object',
    properties: Object.fromEntries(limited),
    examples: [examples.EventPropertyInput],
  }
}

const createCount = (description: string): Json => ({ type: 'integer', minimum: 0, description })

const createPage = (record: 'EventProperty' | 'Event' | 'Contact', words: string): Json => ({
  description: `A page of ${words}. Continue after the returned records, because \`limit\` may be less than the requested one.`,
  type: 'object',
  properties: {
    total: createCount('Records on all pages.'),
    limit: createCount('Maximum number of records on this page.'),
    skip: createCount('Records before this page.'),
    data: { type: 'array', items: createReference(record), description: 'The records of this page.' },
  },
  required: ['total', 'limit', 'skip', 'data'],
  examples: [examples[`${record}Page`]],
})

const schemas: Json = {
  ...createRecordSchemas(liondeskMappings, examples),
  EventPropertyInput: createInputSchema(),
  EventPropertyPage: createPage('EventProperty', 'event properties'),
  EventPage: createPage('Event', 'events'),
  ContactPage: createPage('Contact', 'contacts'),
  Error: {
    description: 'An error of Feathers. `code` is what to go by.',
    type: 'object',
    properties: {
      name: { type: 'string', description: 'Name of the error class.' },
      message: { type: 'string', description: 'In words.' },
      code: { type: 'integer', description: 'The HTTP status.' },
      className: { type: 'string', description: 'The name in lower case, with dashes.' },
      data: { description: 'Further particulars.' },
      errors: { description: 'What is wrong, field by field.' },
    },
    required: ['name', 'message', 'code', 'className'],
    examples: [examples.Error],
  },
  ...oauthSchemas,
}

interface OperationText {
  operationId: string
  summary: string
  description: string
}

const createBody = (example: unknown): Json => ({
  requestBody: { required: true, content: createJsonContent(createReference('EventPropertyInput'), example) },
})

const createOperation = (text: OperationText, status: number, reply: keyof typeof examples, more: Json = {}): Json => ({
  ...text,
  tags: ['Event properties'],
  ...more,
  responses: {
    [status]: { description: 'Done.', content: createJsonContent(createReference(reply), examples[reply]) },
    '4XX': { $ref: '#/components/responses/Failed' },
  },
})

const ownerOnly = 'Only the owner of the event’s contact may do this. What it answers is not documented.'

const propertyPaths: Json = {
  '/events/{api_event_id}/properties': {
    parameters: [eventId],
    get: createOperation(
      {
        operationId: 'findEventProperties',
        summary: 'Find the properties of an event',
        description: 'Needs access to the event’s contact. Ask for JSON by `Accept`, or an error may come as HTML.',
      },
      200,
      'EventPropertyPage',
      { parameters: findParameters },
    ),
    post: createOperation(
      {
        operationId: 'createEventProperty',
        summary: 'Attach a property to an event',
        description:
          'Needs access to the event’s contact. What it answers is not documented. Nothing makes it repeatable.',
      },
      201,
      'EventProperty',
      createBody(examples.EventPropertyInput),
    ),
  },
  '/events/{api_event_id}/properties/{id}': {
    parameters: [eventId, recordId],
    get: createOperation(
      {
        operationId: 'getEventProperty',
        summary: 'Get a property of an event',
        description: 'Needs access to the event’s contact.',
      },
      200,
      'EventProperty',
    ),
    patch: createOperation(
      {
        operationId: 'patchEventProperty',
        summary: 'Change a property of an event',
        description: `Fields that are left out stay. ${ownerOnly}`,
      },
      200,
      'EventProperty',
      createBody(examples.EventPropertyPatch),
    ),
    delete: createOperation(
      { operationId: 'removeEventProperty', summary: 'Remove a property from an event', description: ownerOnly },
      200,
      'EventProperty',
    ),
  },
}

/** The OpenAPI document of LionDesk V2, built from the mapping table. */
export const liondesk: Json = {
  openapi: '3.1.0',
  info: {
    title: 'LionDesk V2: contacts, events and their properties',
    version: '2.0.0',
    summary: 'The part of the CRM API that is behind the gateway.',
    description:
      'An unofficial description of the upstream, a Feathers server. Numbers arrive as text. ' +
      'Rate limits and the maximum of `$limit` are not documented.',
    license,
  },
  servers: [{ url: 'https://api-v2.liondesk.com', description: 'The vendor’s server' }],
  security: [{ oauth2: [] }],
  tags: [
    { name: 'Event properties', description: 'The properties attached to an event.' },
    { name: 'Contacts and events', description: 'People, and what they did. The gateway only reads them.' },
    { name: 'Users', description: 'Whose data it is, and tokens for it.' },
  ],
  paths: { ...propertyPaths, ...crmPaths, ...oauthPaths },
  components: {
    securitySchemes: { oauth2: oauthScheme },
    responses: {
      Failed: { description: 'The call failed.', content: createJsonContent(createReference('Error'), examples.Error) },
    },
    schemas,
  },
}
