import type { Static } from 'typebox'
import { Type } from 'typebox'
import { ref } from '#schemas/fields.ts'
import { OpenHouse } from '#schemas/open-house.ts'
import { agent, sid } from '#schemas/parameters.ts'
import { Property } from '#schemas/property.ts'
import { defineList, headOf, listOutput, type Page, paging, positionOf } from '../lists.ts'
import { lineOf, tableOf } from '../text-rows.ts'
import { defineTool } from '../tool.ts'

const openHouses = ['open house', 'open houses'] as const

export const showListing = defineTool({
  name: 'show_listing',
  title: 'Show a listing and its open houses',
  description: 'The facts of one listing, by its sid, and when its open houses were or will be, newest first.',
  scope: 'properties:read',
  input: { sid, ...paging },
  output: listOutput(ref(OpenHouse), { property: Type.Unsafe({ ...ref(Property), description: 'The listing.' }) }),
  run: async (given, ask) => {
    const { limit, offset, after } = positionOf('show_listing', given)
    const property = await ask<Static<typeof Property>>(['properties', given.sid])
    const page = await ask<Page<Static<typeof OpenHouse>>>(['properties', given.sid, 'open-houses'], { limit, offset })
    const { data, pagination } = page
    const nextCursor = after(page)
    const head = headOf(openHouses, offset, data.length, pagination.total)
    return {
      structured: { property, data, total: pagination.total, nextCursor },
      text: `${lineOf(property)}\n${tableOf(head, data, nextCursor)}`,
    }
  },
})

export const listAgentListings = defineList({
  name: 'list_agent_listings',
  title: 'List the listings of an agent',
  description: 'All listings of one agent, who is named by e-mail address or ukey.',
  scope: 'properties:read',
  input: { agent },
  row: Property,
  words: ['listing', 'listings'],
  read: ({ agent }) => ({ path: ['agents', agent, 'properties'], query: {} }),
})
