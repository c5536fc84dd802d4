import type { Static } from 'typebox'
import type { EventProperty } from '#schemas/event-property.ts'
import { getFragmentText, isFragment, type JsonFragment } from '#src/json/fragment.ts'
import { createRowIdentifier } from '#src/query/join-pages.ts'

export type EventProperties = Static<typeof EventProperty>

/** An event property as an object or as serialized JSON. */
export type EventPropertyRow = EventProperties | JsonFragment

export interface FindResult {
  total: number
  data: EventPropertyRow[]
}

/**
 * Identifies rows by id. Rows without an id are compared by their wire record, because `source` also contains the fetch
 * time.
 */
export const identifyRows = createRowIdentifier<EventPropertyRow>(
  ({ id }) => id,
  (row) => (isFragment(row) ? getFragmentText(row) : JSON.stringify(row.source?.record ?? row)),
)
