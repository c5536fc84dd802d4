import type { Static } from 'typebox'
import type { EventProperty } from '#schemas/event-property.ts'
import { eventPropertyMapping } from './mapping.ts'

type EventPropertyFields = Static<typeof EventProperty>

const isoMillisPattern = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\.\d{3}Z$/

/** Normalizes what an upstream may change when it stores a value: outer blanks and fractions of a second. */
const normalizeValue = (wire: unknown): unknown =>
  typeof wire === 'string' ? wire.trim().replace(isoMillisPattern, '$1Z') || null : (wire ?? null)

/**
 * Compares a stored record with sent fields. Both are encoded first, so that the upstream's format of numbers and times
 * is irrelevant.
 * Fields that were not sent must be absent.
 */
export const isSameRecord = (sentFields: Partial<EventPropertyFields>, storedFields: EventPropertyFields): boolean => {
  const sentWire = eventPropertyMapping.encode(sentFields)
  const storedWireEntries = Object.entries(eventPropertyMapping.encode(storedFields))
  return storedWireEntries.every(([name, value]) => normalizeValue(value) === normalizeValue(sentWire[name]))
}
