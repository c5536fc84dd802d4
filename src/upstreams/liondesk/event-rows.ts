import type { Static } from 'typebox'
import type { EventProperty } from '#schemas/event-property.ts'
import { createRowIdentifier } from '#src/query/join-pages.ts'

export type EventProperties = Static<typeof EventProperty>

export interface FindResult {
  total: number
  data: EventProperties[]
}

/**
 * Identifies rows by id. Rows without an id are compared by their wire record, because `source` also contains the fetch
 * time.
 */
export const identifyRows = createRowIdentifier<EventProperties>(
  ({ id }) => id,
  (row) => JSON.stringify(row.source?.record ?? row),
)
