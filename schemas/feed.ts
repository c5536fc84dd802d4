import { type Static, type TUnsafe, Type } from 'typebox'
import { component, ref, text, time } from './fields.ts'
import { Lead } from './lead.ts'
import { brokerageId, email, feedInclude, feedLimit, query, sid, teamId, timeZone } from './parameters.ts'

const feedPage = Type.Object(
  {
    data: Type.Array(ref(Lead), { description: 'New leads, in the order in which the gateway found them.' }),
    cursor: text('The position after these leads. Send it as `after` to get the next ones.'),
  },
  {
    $id: 'LeadFeed',
    description: 'The next leads of a feed.',
    additionalProperties: false,
    examples: [{ data: (Lead as { examples?: unknown[] }).examples, cursor: 'WyJmZWVkIl0.c2lnbmF0dXJl' }],
  },
)

export const LeadFeed = feedPage as unknown as TUnsafe<{ data: Static<typeof Lead>[]; cursor: string }>

export const FeedTicket = component(
  'FeedTicket',
  'A short-lived ticket that opens one feed from a browser.',
  {
    ticket: text('The ticket. Send it as the parameter `ticket`.'),
    expiresAt: time('Time until which the ticket can open a feed.'),
  },
  { ticket: 'WyJmZWVkIl0.c2lnbmF0dXJl', expiresAt: '2026-05-02T17:09:11Z' },
)

const sourceParameters = {
  brokerageId: Type.Optional(brokerageId),
  teamId: Type.Optional({ ...teamId, examples: [] }),
  sid: Type.Optional({ ...sid, examples: [] }),
  actingAgent: Type.Optional({ ...email, examples: [], description: 'With `sid`: the agent whose token is used.' }),
}

export const feedQuery = query({
  ...sourceParameters,
  after: Type.Optional(Type.String({ maxLength: 1000, description: 'The cursor of an earlier response.' })),
  from: Type.Optional(
    Type.String({ format: 'date', description: 'Without `after`: the first day, at most 7 days back.' }),
  ),
  timeZone,
  ...feedInclude,
  ticket: Type.Optional(Type.String({ maxLength: 1000, description: 'A ticket that replaces credentials.' })),
  limit: feedLimit,
})

export const feedHeaders = Type.Object({
  'last-event-id': Type.Optional(
    Type.String({
      maxLength: 1000,
      description: 'The id of the last event that the client received. It overrides `after`.',
    }),
  ),
})

export const NewFeedTicket = Type.Object(sourceParameters, {
  $id: 'NewFeedTicket',
  description: 'The feed that the ticket opens: exactly one of a brokerage, a team or a property.',
  additionalProperties: false,
  examples: [{ brokerageId: 'b1001' }],
})
