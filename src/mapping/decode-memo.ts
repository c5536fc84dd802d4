import { isFragment } from '#src/json/fragment.ts'
import { deepFreeze } from '#src/lib/deep-freeze.ts'
import type { DriftSink } from './codec.ts'
import type { Mapping } from './mapping.ts'

interface DecodeMemo {
  mapping: unknown
  value: unknown
}

const memos = new WeakMap<object, DecodeMemo>()

/** These wire records are kept, and will be seen again: what they are decoded to is worth keeping with them. */
export const enableDecodeMemo = (records: readonly unknown[]): void => {
  for (const record of records) {
    if (isFragment(record)) Object.freeze(record)
    else if (typeof record === 'object' && record !== null && !memos.has(record))
      memos.set(record, { mapping: null, value: null })
  }
}

/** Whether a record need not be decoded again. */
export const hasDecodeMemo = (mapping: unknown, record: unknown): boolean =>
  typeof record === 'object' && record !== null && memos.get(record)?.mapping === mapping

/**
 * Decodes a record; of one that is kept, once for a mapping, and then it is the same object: frozen, since several
 * callers are handed it. What drifts is decoded each time, and counted each time; so is what is not made of the record
 * and its reply alone, which `isItsOwn` tells once it is decoded.
 */
export const decodeWithMemo = <Fields>(
  mapping: Mapping<Fields>,
  record: unknown,
  drift: DriftSink,
  context: Partial<Fields>,
  isMemoizable: () => boolean = () => true,
): Fields | null => {
  const memo = typeof record === 'object' && record !== null ? memos.get(record) : undefined
  if (!memo) return mapping.decode(record, drift, context)
  if (memo.mapping === mapping) return memo.value as Fields
  let hasDrift = false
  const value = mapping.decode(
    record,
    (...event) => {
      hasDrift = true
      drift(...event)
    },
    context,
  )
  if (!hasDrift && value !== null && isMemoizable()) Object.assign(memo, { mapping, value: deepFreeze(value) })
  return value
}
