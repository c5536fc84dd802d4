import type { Codec } from './codec.ts'

/** One line of a mapping table for any field. */
export type AnyRule = WireRule | ContextRule | AbsentRule

export interface WireRule {
  from: string
  codec: Codec<unknown, unknown>
  orFromContext?: true
  readOnly?: true
  reso: string | null
}

interface ContextRule {
  context: true
  reso: string | null
}

interface AbsentRule {
  absent: true
  empty: unknown
  reso: string | null
}

export type Rules = readonly (readonly [field: string, rule: AnyRule])[]

export const isWireRule = (rule: AnyRule): rule is WireRule => 'from' in rule

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const isAbsent = (wire: unknown): boolean => {
  if (wire === undefined || wire === null) return true
  return typeof wire === 'string' && !startsPlainly(wire) && wire.trim() === ''
}

/** True if the first character is printable ASCII, so that the text cannot be blank. */
const startsPlainly = (text: string): boolean => {
  const first = text.charCodeAt(0)
  return first > 0x20 && first < 0x7f
}
