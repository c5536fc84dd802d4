import type { Static } from 'typebox'
import { AgentActivity, type ClaimedAgent } from '#schemas/agent.ts'
import { ref } from '#schemas/fields.ts'
import { HostedOpenHouse } from '#schemas/open-house.ts'
import { brokerageId, dayWindow } from '#schemas/parameters.ts'
import { defineList, formatHeading, type ListBody, listOutput, paging, readPosition } from '../lists.ts'
import { formatTable } from '../text-rows.ts'
import { defineTool, type InternalGet, type QueryParams } from '../tool.ts'

type Activity = Static<typeof AgentActivity>

const maxPageRows = 200

/** Returns when each agent was last active in the window. It stops reading once it has found all of them. */
const findLastActivity = async (
  agents: readonly string[],
  brokerageId: string,
  window: QueryParams,
  get: InternalGet,
) => {
  const activityByAgent = new Map<string, string | null>()
  for (let offset = 0; ; offset += maxPageRows) {
    const path = ['brokerages', brokerageId, 'activity']
    const { data, pagination } = await get<ListBody<Activity>>(path, { ...window, limit: maxPageRows, offset })
    // Newest first, so later rows of an agent are older.
    for (const { email, lastActiveAt } of data)
      if (!activityByAgent.has(email)) activityByAgent.set(email, lastActiveAt)
    const isDone = agents.every((email) => activityByAgent.has(email))
    if (isDone || data.length === 0 || offset + data.length >= pagination.total) return activityByAgent
  }
}

export const listBrokerageAgents = defineTool({
  name: 'list_brokerage_agents',
  title: 'List the agents of a brokerage, with their last activity',
  description:
    'Lists the agents of a brokerage who have claimed their account, and when each was last active in a window of days. The default window is the last 30 days. `lastActiveAt` is null if the agent was not active in the window.',
  scope: 'brokerages:read',
  input: { brokerageId, ...dayWindow, ...paging },
  output: listOutput(ref(AgentActivity)),
  run: async (args, get) => {
    const { limit, offset, getNextCursor } = readPosition('list_brokerage_agents', args)
    const { brokerageId, from, to, timeZone } = args
    const path = ['brokerages', brokerageId, 'agents']
    const page = await get<ListBody<Static<typeof ClaimedAgent>>>(path, { limit, offset })
    const emails = page.data.map(({ email }) => email)
    const activity = await findLastActivity(emails, brokerageId, { from, to, timeZone }, get)
    const data = emails.map((email) => ({ email, lastActiveAt: activity.get(email) ?? null }))
    const { total } = page.pagination
    const nextCursor = getNextCursor(page)
    const head = formatHeading(['agent', 'agents'], offset, data.length, total)
    return { structured: { data, total, nextCursor }, text: formatTable(head, data, nextCursor) }
  },
})

export const listBrokerageOpenHouses = defineList({
  name: 'list_brokerage_open_houses',
  title: 'List the open houses of a brokerage',
  description:
    'Lists the open houses that the agents of a brokerage hosted in a window of days, newest first, with the number of visitors. The default window is the last 30 days.',
  scope: 'brokerages:read',
  input: { brokerageId, ...dayWindow },
  row: HostedOpenHouse,
  labels: ['open house', 'open houses'],
  toRequest: ({ brokerageId, ...query }) => ({ path: ['brokerages', brokerageId, 'open-houses'], query }),
})
