import type { Static } from 'typebox'
import type { EventProperty } from '#schemas/event-property.ts'
import { isWritten, textOf, type Written } from '#src/json/fragment.ts'
import { identifyBy } from '#src/query/join-pages.ts'

export type EventProperties = Static<typeof EventProperty>

/** An event property, or one that is written already. */
export type EventPropertyRow = EventProperties | Written

export interface Found {
  total: number
  data: EventPropertyRow[]
}

/** Rows by their id. Without one, by what the upstream sent: `source` also holds the time of the reading. */
export const identify = identifyBy<EventPropertyRow>(
  ({ id }) => id,
  (row) => (isWritten(row) ? textOf(row) : JSON.stringify(row.source?.record ?? row)),
)
