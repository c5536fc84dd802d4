import type { Static } from 'typebox'
import type { EventProperty } from '#schemas/event-property.ts'
import { eventPropertyMapping } from './mapping.ts'

type EventPropertyFields = Static<typeof EventProperty>

const isoMillisPattern = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\.\d{3}Z$/

/** What an upstream may do to a value that it keeps: blanks at its ends go, and parts of a second. */
const normalizeValue = (wire: unknown): unknown =>
  typeof wire === 'string' ? wire.trim().replace(isoMillisPattern, '$1Z') || null : (wire ?? null)

/**
 * Whether a record is the one that was sent. Both are compared as we would send them, so that the upstream's spelling of
 * numbers and times does not matter; what was not sent has to be absent.
 */
export const isSameRecord = (sentFields: Partial<EventPropertyFields>, storedFields: EventPropertyFields): boolean => {
  const sentWire = eventPropertyMapping.encode(sentFields)
  const storedWireEntries = Object.entries(eventPropertyMapping.encode(storedFields))
  return storedWireEntries.every(([name, value]) => normalizeValue(value) === normalizeValue(sentWire[name]))
}
