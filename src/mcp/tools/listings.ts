import type { Static } from 'typebox'
import { Type } from 'typebox'
import { ref } from '#schemas/fields.ts'
import { OpenHouse } from '#schemas/open-house.ts'
import { agent, sid } from '#schemas/parameters.ts'
import { Property } from '#schemas/property.ts'
import { defineList, formatHeading, type ListBody, listOutput, paging, readPosition } from '../lists.ts'
import { formatRow, formatTable } from '../text-rows.ts'
import { defineTool } from '../tool.ts'

const openHouseLabels = ['open house', 'open houses'] as const

export const showListing = defineTool({
  name: 'show_listing',
  title: 'Show a listing and its open houses',
  description: 'Shows a listing by its sid, and its past and future open houses, newest first.',
  scope: 'properties:read',
  input: { sid, ...paging },
  output: listOutput(ref(OpenHouse), { property: Type.Unsafe({ ...ref(Property), description: 'The listing.' }) }),
  run: async (args, get) => {
    const { limit, offset, getNextCursor } = readPosition('show_listing', args)
    const property = await get<Static<typeof Property>>(['properties', args.sid])
    const page = await get<ListBody<Static<typeof OpenHouse>>>(['properties', args.sid, 'open-houses'], {
      limit,
      offset,
    })
    const { data, pagination } = page
    const nextCursor = getNextCursor(page)
    const head = formatHeading(openHouseLabels, offset, data.length, pagination.total)
    return {
      structured: { property, data, total: pagination.total, nextCursor },
      text: `${formatRow(property)}\n${formatTable(head, data, nextCursor)}`,
    }
  },
})

export const listAgentListings = defineList({
  name: 'list_agent_listings',
  title: 'List the listings of an agent',
  description: 'Lists all listings of an agent. Identify the agent by e-mail address or ukey.',
  scope: 'properties:read',
  input: { agent },
  row: Property,
  labels: ['listing', 'listings'],
  toRequest: ({ agent }) => ({ path: ['agents', agent, 'properties'], query: {} }),
})
