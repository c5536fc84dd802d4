import type { OpenAPIV3, OpenAPIV3_1 } from 'openapi-types'

type Json = Record<string, unknown>
type Document = Partial<OpenAPIV3.Document | OpenAPIV3_1.Document>
type Parameters = Readonly<Record<string, string>>

const createLink = (operationId: string, parameters: Parameters, description: string) => ({
  operationId,
  parameters,
  description,
})

const linkToProperty = (sid: string) => createLink('getProperty', { sid }, 'The property with this `sid`.')

const linkToAgent = (agent: string) => createLink('listAgentProperties', { agent }, 'The properties of this agent.')

const linkToEvents = (contactId: string) => createLink('listEvents', { contactId }, 'The events of the contact.')

const createEventLinks = (contactId: string, eventId: string) => ({
  contact: createLink('getContact', { contactId }, 'The contact of the event.'),
  properties: createLink('listEventProperties', { eventId }, 'The properties of the event.'),
})

const linkToEventProperty = (id: string) => {
  const parameters = { eventId: '$request.path.eventId', id }
  return {
    get: createLink('getEventProperty', parameters, 'Read the event property.'),
    patch: createLink('updateEventProperty', parameters, 'Change the event property.'),
    delete: createLink('deleteEventProperty', parameters, 'Delete the event property.'),
  }
}

/** The links of each operation, by name. In a list, a link starts at the first element, as a pointer needs an index. */
const linksByOperation: Readonly<Record<string, Record<string, object>>> = {
  listLeads: {
    property: linkToProperty('$response.body#/data/0/sid'),
    agentProperties: linkToAgent('$response.body#/data/0/agentEmail'),
  },
  readLeadFeed: {
    next: createLink(
      'readLeadFeed',
      { brokerageId: '$request.query.brokerageId', after: '$response.body#/cursor' },
      'The leads of the brokerage after this response.',
    ),
    property: linkToProperty('$response.body#/data/0/sid'),
  },
  issueFeedTicket: {
    feed: createLink(
      'readLeadFeed',
      { brokerageId: '$request.body#/brokerageId', ticket: '$response.body#/ticket' },
      'The feed of the brokerage, without other credentials.',
    ),
  },
  getProperty: {
    openHouses: createLink(
      'listPropertyOpenHouses',
      { sid: '$response.body#/sid' },
      'The open houses of the property.',
    ),
    leads: createLink('listLeads', { sid: '$response.body#/sid' }, 'The leads of the property.'),
    agentProperties: linkToAgent('$response.body#/listAgentEmail'),
  },
  listAgentProperties: { property: linkToProperty('$response.body#/data/0/sid') },
  listBrokerageAgents: { agentProperties: linkToAgent('$response.body#/data/0/email') },
  listBrokerageActivity: { agentProperties: linkToAgent('$response.body#/data/0/email') },
  listContacts: { events: linkToEvents('$response.body#/data/0/id') },
  getContact: { events: linkToEvents('$response.body#/id') },
  listEvents: createEventLinks('$response.body#/data/0/contactId', '$response.body#/data/0/id'),
  getEvent: createEventLinks('$response.body#/contactId', '$response.body#/id'),
  listEventProperties: linkToEventProperty('$response.body#/data/0/id'),
  createEventProperty: linkToEventProperty('$response.body#/id'),
  getEventProperty: linkToEventProperty('$response.body#/id'),
  updateEventProperty: linkToEventProperty('$response.body#/id'),
  startConnection: {
    delete: createLink('removeConnection', { id: '$response.body#/id' }, 'Remove the connection.'),
  },
  getMe: {
    leads: createLink('listLeads', { brokerageId: '$response.body#/grants/brokerages/0' }, 'The leads of a brokerage.'),
  },
  listProblems: {
    problem: createLink('getProblem', { code: '$response.body#/data/0/code' }, 'The explanation of a problem.'),
  },
}

/** Adds OpenAPI links to the successful responses, so that tools can call one operation with the result of another. */
export const linkOperations = (document: Document): void => {
  for (const operation of Object.values(document.paths ?? {}).flatMap((path) => Object.values(path as object))) {
    const { operationId, responses } = operation as { operationId: string; responses: Record<string, Json> }
    const links = linksByOperation[operationId]
    const response = responses['200'] ?? responses['201']
    if (links && response) response.links = links
  }
}
