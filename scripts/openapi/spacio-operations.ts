/** Texts about Spacio's operations and form fields that only the document needs. */
import { accessTokenMapping, agentActivityMapping } from '#src/upstreams/spacio/mappings/agent.ts'
import { brokerageLeadMapping, propertyLeadMapping, teamLeadMapping } from '#src/upstreams/spacio/mappings/lead.ts'
import { hostedOpenHouseMapping, openHouseMapping } from '#src/upstreams/spacio/mappings/open-house.ts'
import { propertyMapping } from '#src/upstreams/spacio/mappings/property.ts'
import type { OperationName, operations } from '#src/upstreams/spacio/operations.ts'
import type { Json } from './schemas.ts'
import type { AnyMapping } from './wire-schema.ts'

export interface OperationText {
  tag: 'Properties' | 'Leads' | 'Access tokens' | 'Brokerages'
  summary: string
  description: string
  /** The mapping of the records in the reply; null for bare e-mail addresses. */
  mapping: AnyMapping | null
}

const window = 'Times are in UTC. Whether both days of the range are included is not documented.'

export const operationTexts: Record<OperationName, OperationText> = {
  getProperties: {
    tag: 'Properties',
    summary: 'List the properties of an agent',
    description: 'Every property of the agent whose user key is given.',
    mapping: propertyMapping,
  },
  getProperty: {
    tag: 'Properties',
    summary: 'Get a property',
    description: 'One property by its Spacio id.',
    mapping: propertyMapping,
  },
  getOHSessions: {
    tag: 'Properties',
    summary: 'List the open houses of a property',
    description: 'One page of the open-house sessions of a property.',
    mapping: openHouseMapping,
  },
  getRegistrants: {
    tag: 'Leads',
    summary: 'List the leads of a property',
    description: 'Every visitor of a property. The only call that takes an access token. Leads have no id here.',
    mapping: propertyLeadMapping,
  },
  getAccessToken: {
    tag: 'Access tokens',
    summary: 'Issue an access token for an agent',
    description: 'How long a token lives, and whether it ends older ones, is not documented.',
    mapping: accessTokenMapping,
  },
  getAccessTokenBM: {
    tag: 'Access tokens',
    summary: 'Issue an access token for a brokerage manager',
    description: 'A manager has no user key, so that the reply carries no `ukey`. No documented call takes this token.',
    mapping: accessTokenMapping,
  },
  getRegistrantsByBrokerageV2: {
    tag: 'Leads',
    summary: 'List the leads of a brokerage, in pages',
    description: `One page of a brokerage’s leads. Not every API key may use version 2. ${window}`,
    mapping: brokerageLeadMapping,
  },
  getRegistrantsByBrokerage: {
    tag: 'Leads',
    summary: 'List all leads of a brokerage in one reply',
    description: `The older form: no pages, and leads without \`note\`. ${window}`,
    mapping: brokerageLeadMapping,
  },
  getClaimedList: {
    tag: 'Brokerages',
    summary: 'List the claimed accounts of a brokerage',
    description:
      'E-mail addresses of the agents who have claimed their account. The vendor shows the reply as bare strings ' +
      'between braces, separated by commas: that is not JSON, and has to be mended before it can be parsed.',
    mapping: null,
  },
  getActivityList: {
    tag: 'Brokerages',
    summary: 'List the activity of agents',
    description: `When agents of a brokerage were last active. ${window}`,
    mapping: agentActivityMapping,
  },
  getOHSessionCounts: {
    tag: 'Brokerages',
    summary: 'List the open houses of a brokerage',
    description: `Open houses of a brokerage, each with its number of leads. ${window}`,
    mapping: hostedOpenHouseMapping,
  },
  getRegistrantsByTeam: {
    tag: 'Leads',
    summary: 'List the leads of a team',
    description: `One page of a team’s leads, each with what became of its automatic e-mail. ${window}`,
    mapping: teamLeadMapping,
  },
}

type FormField = (typeof operations)[OperationName]['form'][number]

const createDay = (description: string, example: string): Json => ({
  type: 'string',
  format: 'date',
  description,
  examples: [example],
})

export const formFields: Record<FormField, Json> = {
  sid: { type: 'integer', description: 'Spacio property id.', examples: [20417] },
  page: { type: 'integer', minimum: 1, description: 'Number of the page; the first is 1.', examples: [1] },
  ukey: {
    type: 'string',
    description: 'User key of the agent, from `getAccessToken`.',
    examples: ['exampleUserKey01'],
  },
  atoken: {
    type: 'string',
    description: 'Access token of the property’s agent, from `getAccessToken`.',
    examples: ['exampleToken0001'],
  },
  email: {
    type: 'string',
    format: 'email',
    description: 'E-mail address of the agent or manager.',
    examples: ['agent1@example.com'],
  },
  bid: { type: 'string', description: 'Brokerage id.', examples: ['b1001'] },
  tid: { type: 'string', description: 'Team id.', examples: ['t2001'] },
  startDate: createDay('First day of the range, in UTC.', '2026-04-30'),
  endDate: createDay('Last day of the range, in UTC.', '2026-05-31'),
}
