import { isFragment } from '#src/json/fragment.ts'
import { deepFreeze } from '#src/lib/deep-freeze.ts'
import type { DriftSink } from './codec.ts'
import type { Mapping } from './mapping.ts'

interface DecodeMemo {
  mapping: unknown
  value: unknown
}

const memos = new WeakMap<object, DecodeMemo>()

/** Stores decoded values with these wire records, because the response memo will return them again. */
export const enableDecodeMemo = (records: readonly unknown[]): void => {
  for (const record of records) {
    if (isFragment(record)) Object.freeze(record)
    else if (typeof record === 'object' && record !== null && !memos.has(record))
      memos.set(record, { mapping: null, value: null })
  }
}

/** True if the decoded value of a record is stored. */
export const hasDecodeMemo = (mapping: unknown, record: unknown): boolean =>
  typeof record === 'object' && record !== null && memos.get(record)?.mapping === mapping

/**
 * Decodes a record. A memoized record is decoded once for each mapping, and the frozen value is shared by all callers.
 * Values are not stored if they drift, because drift is counted each time, or if `isMemoizable` returns false.
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
