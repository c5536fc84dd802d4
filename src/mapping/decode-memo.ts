import { isWritten } from '#src/json/fragment.ts'
import { deepFreeze } from '#src/lib/deep-freeze.ts'
import type { DriftSink } from './codec.ts'
import type { Mapping } from './mapping.ts'

interface Decoded {
  mapping: unknown
  value: unknown
}

const slots = new WeakMap<object, Decoded>()

/** These wire records are kept, and will be seen again: what they are decoded to is worth keeping with them. */
export const keepDecoded = (records: readonly unknown[]): void => {
  for (const record of records) {
    if (isWritten(record)) Object.freeze(record)
    else if (typeof record === 'object' && record !== null && !slots.has(record))
      slots.set(record, { mapping: null, value: null })
  }
}

/** Whether a record need not be decoded again. */
export const isDecoded = (mapping: unknown, record: unknown): boolean =>
  typeof record === 'object' && record !== null && slots.get(record)?.mapping === mapping

/**
 * Decodes a record; of one that is kept, once for a mapping, and then it is the same object: frozen, since several
 * callers are handed it. What drifts is decoded each time, and counted each time; so is what is not made of the record
 * and its reply alone, which `isItsOwn` tells once it is decoded.
 */
export const decodeKept = <Fields>(
  mapping: Mapping<Fields>,
  record: unknown,
  drift: DriftSink,
  given: Partial<Fields>,
  isItsOwn: () => boolean = () => true,
): Fields | null => {
  const slot = typeof record === 'object' && record !== null ? slots.get(record) : undefined
  if (!slot) return mapping.decode(record, drift, given)
  if (slot.mapping === mapping) return slot.value as Fields
  let drifts = false
  const value = mapping.decode(
    record,
    (...event) => {
      drifts = true
      drift(...event)
    },
    given,
  )
  if (!drifts && value !== null && isItsOwn()) Object.assign(slot, { mapping, value: deepFreeze(value) })
  return value
}
