import { type Static, Type } from 'typebox'
import { feedQuery } from '#schemas/feed.ts'
import { ref, text } from '#schemas/fields.ts'
import { Lead } from '#schemas/lead.ts'
import { defaultRows, limit } from '../lists.ts'
import { formatCount, formatRow } from '../text-rows.ts'
import { defineTool } from '../tool.ts'
import { summarizeLead } from './visitors.ts'

const { brokerageId, teamId, sid, actingAgent, from, timeZone } = feedQuery.properties

const cursor = Type.Optional(
  Type.String({ minLength: 1, maxLength: 1000, description: 'The `nextCursor` of the answer before, to go on.' }),
)

export const readNewVisitors = defineTool({
  name: 'read_new_visitors',
  title: 'Read new visitors',
  description:
    'Who has signed in since the last time, each visitor exactly once, late entries included: of one brokerage, team or listing (name exactly one). The first call, without `cursor`, begins now, or with `from` at that day, and gives a `nextCursor`; send that the next time. It never runs out.',
  scope: 'leads:read',
  input: { brokerageId, teamId, sid, actingAgent, from, timeZone, limit, cursor },
  output: Type.Object(
    {
      data: Type.Array(ref(Lead), { description: 'New visitors, in the order in which they were first seen.' }),
      nextCursor: text('Send it as `cursor` to go on from here, now or later.'),
    },
    { additionalProperties: false },
  ),
  run: async ({ cursor: after, limit: rowLimit = defaultRows, ...query }, get) => {
    const feed = await get<{ data: Static<typeof Lead>[]; cursor: string }>(['leads', 'feed'], {
      ...query,
      after,
      limit: rowLimit,
    })
    const { data, cursor: nextCursor } = feed
    const continuation = `To go on from here, now or later, call again with the same arguments and cursor "${nextCursor}".`
    const head = `${formatCount(data.length, ['new visitor', 'new visitors'])}:`
    return {
      structured: { data, nextCursor },
      text: [head, ...data.map(summarizeLead).map(formatRow), continuation].join('\n'),
    }
  },
})
