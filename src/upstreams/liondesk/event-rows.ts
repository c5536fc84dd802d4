import type { Static } from 'typebox'
import type { EventProperty } from '#schemas/event-property.ts'
import { getFragmentText, isFragment, type JsonFragment } from '#src/json/fragment.ts'
import { createRowIdentifier } from '#src/query/join-pages.ts'

export type EventProperties = Static<typeof EventProperty>

/** An event property, or one that is written already. */
export type EventPropertyRow = EventProperties | JsonFragment

export interface FindResult {
  total: number
  data: EventPropertyRow[]
}

/** Rows by their id. Without one, by what the upstream sent: `source` also holds the time of the reading. */
export const identifyRows = createRowIdentifier<EventPropertyRow>(
  ({ id }) => id,
  (row) => (isFragment(row) ? getFragmentText(row) : JSON.stringify(row.source?.record ?? row)),
)
