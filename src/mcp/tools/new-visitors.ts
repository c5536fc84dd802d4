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
  Type.String({ minLength: 1, maxLength: 1000, description: 'The `nextCursor` of the previous response.' }),
)

export const readNewVisitors = defineTool({
  name: 'read_new_visitors',
  title: 'Read new visitors',
  description:
    'Returns the visitors who signed in since the previous call, each exactly once, including late entries. Name exactly one brokerage, team or listing. The first call, without `cursor`, starts now, or at the day in `from`. Send the `nextCursor` of each response in the next call. There is always a next call.',
  scope: 'leads:read',
  input: { brokerageId, teamId, sid, actingAgent, from, timeZone, limit, cursor },
  output: Type.Object(
    {
      data: Type.Array(ref(Lead), { description: 'New visitors, in the order in which the gateway found them.' }),
      nextCursor: text('Send it as `cursor` to continue from here, now or later.'),
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
    const continuation = `To continue from here, now or later, call again with the same arguments and cursor "${nextCursor}".`
    const head = `${formatCount(data.length, ['new visitor', 'new visitors'])}:`
    return {
      structured: { data, nextCursor },
      text: [head, ...data.map(summarizeLead).map(formatRow), continuation].join('\n'),
    }
  },
})
