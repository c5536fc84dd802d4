import type { Static, TObject, TSchema } from 'typebox'
import { Lead } from '#schemas/lead.ts'
import { leadId, leadLookup, leadQuery } from '#schemas/lead-query.ts'
import { sid } from '#schemas/parameters.ts'
import { defineList } from '../lists.ts'
import { formatRow } from '../text-rows.ts'
import { defineTool, type Tool } from '../tool.ts'

const { brokerageId, teamId, from, to, timeZone, hasAgent, hasFinancing, agentEmail, actingAgent, sort } =
  leadQuery.properties

const filterParams = { from, to, timeZone, hasAgent, hasFinancing, sort }

/** Reduces the sign-in form to pairs of question and answer. */
export const summarizeLead = ({ answers, ...lead }: Static<typeof Lead>): unknown => ({
  ...lead,
  answers: Object.fromEntries(
    answers.map(({ question, questionId, answer }) => [question ?? questionId ?? '?', answer]),
  ),
})

const defineVisitors = <P extends Record<string, TSchema>>(parts: {
  name: string
  title: string
  description: string
  input: P
}): Tool =>
  defineList<P, Static<typeof Lead>>({
    ...parts,
    scope: 'leads:read',
    row: Lead,
    labels: ['visitor', 'visitors'],
    toRequest: (args: Static<TObject<P>>) => ({ path: ['leads'], query: args as Record<string, unknown> }),
    summarize: summarizeLead,
  })

export const listVisitors = defineVisitors({
  name: 'list_visitors',
  title: 'List the visitors of a brokerage or team',
  description:
    'Lists the visitors who signed in at the open houses of a brokerage or a team in a window of days, newest first. Name exactly one brokerage or team. The default window is the last 30 days. Filters: whether the visitor has an agent or financing, the hosting agent, the property.',
  input: { brokerageId, teamId, ...filterParams, agentEmail, sid: leadQuery.properties.sid },
})

export const listPropertyVisitors = defineVisitors({
  name: 'list_property_visitors',
  title: 'List the visitors of a listing',
  description:
    'Lists the visitors who signed in at the open houses of a listing, newest first. Without `from` and `to`, it lists all visitors. For "who came last Saturday", send that day as both `from` and `to`, with the time zone of the listing.',
  input: { sid, ...filterParams, actingAgent },
})

const { include: _, ...lookup } = leadLookup.properties

export const findLead = defineTool({
  name: 'find_lead',
  title: 'Find a visitor by id',
  description:
    'One visitor of one brokerage, one team or one listing (name exactly one), by the id that a list or a link contains. Give `createdAt` if you know it: the search then takes one upstream call. If the visitor is not found, the error says which days were searched.',
  scope: 'leads:read',
  input: { id: leadId, ...lookup },
  output: Lead,
  run: async ({ id, ...query }, get) => {
    const lead = await get<Static<typeof Lead>>(['leads', id], query)
    return { structured: lead, text: formatRow(summarizeLead(lead)) }
  },
})
