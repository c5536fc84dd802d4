import { type DriftSink, unreadable } from '#src/mapping/codec.ts'
import { type AnyRule, isWireRule, type Rules } from '#src/mapping/rule.ts'

/** A simple interpreter of mapping tables, field by field, as a reference for the compiled decoder. */
export const interpret = (
  name: string,
  rules: Rules,
  record: Record<string, unknown>,
  drift: DriftSink,
  context: Record<string, unknown> = {},
): Record<string, unknown> | null => {
  const result: Record<string, unknown> = {}
  for (const [field, rule] of rules) {
    if ('absent' in rule) result[field] = rule.empty
    else if ('context' in rule) result[field] = context[field] ?? null
    else {
      const value = readField(name, rule, record, drift)
      if ((value === null || value === undefined) && rule.codec.required) return null
      result[field] = rule.orFromContext && value === null ? (context[field] ?? null) : value
    }
  }
  const known = rules.flatMap(([, rule]) => (isWireRule(rule) ? [rule.from.split('.')] : []))
  noteUnknown(record, '', known, (path) => drift(name, path, 'unknown-field'))
  return result
}

const readField = (
  name: string,
  { from, codec }: Extract<AnyRule, { from: string }>,
  record: unknown,
  drift: DriftSink,
): unknown => {
  const wire = from
    .split('.')
    .reduce<unknown>((value, key) => (isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined), record)
  if (wire === undefined || wire === null || (typeof wire === 'string' && wire.trim() === '')) return codec.empty
  const value = codec.decode(wire, drift, () => drift(name, from, 'unreadable'))
  if (value !== unreadable) return value
  drift(name, from, 'unreadable')
  return codec.empty
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** `known`: the rest of the paths that lead into this record. */
const noteUnknown = (
  record: Record<string, unknown>,
  prefix: string,
  known: string[][],
  note: (path: string) => void,
): void => {
  for (const [key, value] of Object.entries(record)) {
    const paths = known.filter(([first]) => first === key).map((path) => path.slice(1))
    const inner = paths.filter((path) => path.length > 0)
    if (paths.length === 0) note(prefix + key)
    else if (inner.length > 0 && isObject(value)) noteUnknown(value, `${prefix}${key}.`, inner, note)
  }
}
