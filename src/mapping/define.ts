import type { Static, TObject } from 'typebox'
import { type Codec, type DriftSink, unreadable, type WireSchema } from './codec.ts'

/** What a mapping produces: the schema's fields but for `source`, which is about the reply and not about the record. */
export type Canonical<S extends TObject> = Omit<Static<S>, 'source'>

type WireCodec<Value> = null extends Value
  ? Codec<NonNullable<Value>, null> | Codec<NonNullable<Value>, never>
  : Codec<Value, Value> | Codec<Value, never>

/** One line of a mapping table: where a canonical field comes from. */
export type FieldRule<Value> =
  /** `from` is the wire field; dots go into nested records. `orGiven` falls back on what the caller knows. */
  | { from: string; codec: WireCodec<Value>; reso: string | null; readOnly?: true }
  | { from: string; codec: WireCodec<Value | null>; reso: string | null; orGiven: true; readOnly?: true }
  /** Not on the wire: the caller knows it (from its own request, or by computing it). */
  | { given: true; reso: string | null }
  /** This source does not carry it. */
  | { absent: true; empty: Value; reso: string | null }

export type MappingTable<Fields> = { readonly [Name in keyof Fields]-?: FieldRule<Fields[Name]> }

export interface MappedField {
  field: string
  from: string | null
  codec: string | null
  reso: string | null
  writable: boolean
}

/** One field of the wire record, as the table sees it. */
export interface WireField {
  /** Dots go into nested records. */
  readonly from: string
  /** The canonical field that is read from it. */
  readonly field: string
  readonly description: string
  readonly schema: WireSchema
  readonly required: boolean
  readonly readOnly: boolean
}

export interface Mapping<Fields> {
  readonly name: string
  /** `$id` of the canonical schema. */
  readonly schema: string
  readonly fields: readonly MappedField[]
  /** What the table says of the wire record; `wireSchemaOf` makes a JSON schema of it. */
  readonly wireFields: readonly WireField[]
  /** Wire record → canonical record; `null` when it is no record, or a required field cannot be read. Never throws. */
  decode(record: unknown, drift: DriftSink, given?: Partial<Fields>): Fields | null
  /** The writable ones of the given canonical fields → wire record. `null` stays `null`: it clears. */
  encode(value: Partial<Fields>): Record<string, unknown>
  /** One canonical value → its wire form, for filters. */
  encodeField(field: string, value: unknown): { from: string; value: unknown } | undefined
}

type WireRule = { from: string; codec: Codec<unknown, unknown>; orGiven?: true; readOnly?: true; reso: string | null }
type AnyRule = WireRule | { given: true; reso: string | null } | { absent: true; empty: unknown; reso: string | null }

const isWire = (rule: AnyRule): rule is WireRule => 'from' in rule

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isAbsent = (wire: unknown): boolean =>
  wire === undefined || wire === null || (typeof wire === 'string' && wire.trim() === '')

/**
 * Turns a table into a mapping. A table that misses a field of its schema, or names one that the schema lacks,
 * does not type-check.
 */
export const defineMapping = <S extends TObject>(
  name: string,
  schema: S,
  table: MappingTable<Canonical<S>>,
  { writable = false }: { writable?: boolean } = {},
): Mapping<Canonical<S>> => {
  const rules = Object.entries(table) as [string, AnyRule][]
  const knownFields = knownTree(rules.flatMap(([, rule]) => (isWire(rule) ? [rule.from] : [])))

  const readField = (record: Record<string, unknown>, rule: WireRule, drift: DriftSink): unknown => {
    const wire = valueAt(record, rule.from)
    if (isAbsent(wire)) return rule.codec.empty
    const value = rule.codec.decode(wire, drift)
    if (value !== unreadable) return value
    drift(name, rule.from, 'unreadable')
    return rule.codec.empty
  }

  return {
    name,
    schema: String((schema as { $id?: string }).$id),
    fields: rules.map(([field, rule]) => describe(field, rule, writable)),
    wireFields: rules.flatMap(([field, rule]) =>
      isWire(rule) ? [wireField(field, rule, schema.properties[field])] : [],
    ),
    decode: (record, drift, given = {}) => {
      if (!isRecord(record)) {
        drift(name, '(record)', 'unreadable')
        return null
      }
      const result: Record<string, unknown> = {}
      for (const [field, rule] of rules) {
        const known = given[field as keyof typeof given]
        if (isWire(rule)) {
          const value = readField(record, rule, drift)
          if ((value === null || value === undefined) && rule.codec.required) return null
          result[field] = rule.orGiven && value === null ? (known ?? null) : value
        } else {
          result[field] = 'given' in rule ? (known ?? null) : rule.empty
        }
      }
      noteUnknown(record, knownFields, '', (field) => drift(name, field, 'unknown-field'))
      return result as Canonical<S>
    },
    encode: (value) => {
      const wire: Record<string, unknown> = {}
      for (const [field, rule] of rules) {
        if (!(field in value) || !isWire(rule) || rule.readOnly || !rule.codec.encode) continue
        const canonical = value[field as keyof typeof value]
        wire[rule.from] = canonical === null || canonical === undefined ? null : rule.codec.encode(canonical)
      }
      return wire
    },
    encodeField: (field, value) => {
      const rule = rules.find(([candidate]) => candidate === field)?.[1]
      if (!rule || !isWire(rule)) return undefined
      return { from: rule.from, value: value === undefined ? undefined : rule.codec.encode?.(value) }
    },
  }
}

const describe = (field: string, rule: AnyRule, writable: boolean): MappedField => ({
  field,
  from: isWire(rule) ? rule.from : null,
  codec: isWire(rule) ? rule.codec.name : null,
  reso: rule.reso,
  writable: writable && isWire(rule) && !rule.readOnly && rule.codec.encode !== undefined,
})

const wireField = (field: string, rule: WireRule, canonical: { description?: string } = {}): WireField => ({
  from: rule.from,
  field,
  description: firstClause(canonical.description ?? ''),
  schema: rule.codec.wire,
  required: rule.codec.required === true,
  readOnly: rule.readOnly === true,
})

/** What the field is: what follows in its description is about the canonical value. */
const firstClause = (description: string): string => `${description.split(/;|\.\s+[A-Z]|\.$/)[0]}.`.replace('….', '…')

const valueAt = (record: Record<string, unknown>, path: string): unknown => {
  let value: unknown = record
  for (const key of path.split('.')) {
    if (!isRecord(value) || !Object.hasOwn(value, key)) return undefined
    value = value[key]
  }
  return value
}

interface KnownTree extends Map<string, KnownTree> {}

const knownTree = (paths: string[]): KnownTree => {
  const root: KnownTree = new Map()
  for (const path of paths) {
    let node = root
    for (const key of path.split('.')) {
      const child: KnownTree = node.get(key) ?? new Map()
      node.set(key, child)
      node = child
    }
  }
  return root
}

const noteUnknown = (
  record: Record<string, unknown>,
  known: KnownTree,
  prefix: string,
  note: (path: string) => void,
): void => {
  for (const key of Object.keys(record)) {
    const node = known.get(key)
    const value = record[key]
    if (!node) note(prefix + key)
    else if (node.size > 0 && isRecord(value)) noteUnknown(value, node, `${prefix}${key}.`, note)
  }
}
