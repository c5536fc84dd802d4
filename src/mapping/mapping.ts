import type { Static, TObject } from 'typebox'
import type { Codec, DriftSink } from './codec.ts'
import { compileDecode } from './decode.ts'
import { type AnyRule, isRecord, isWireRule, type Rules } from './rule.ts'
import { createRecordTranscoder } from './transcode/record.ts'
import type { RecordTranscoder } from './transcode/types.ts'

export { isRecord } from './rule.ts'

/** The fields that a mapping produces: those of the schema except `source`, which describes the reply. */
export type Canonical<S extends TObject> = Omit<Static<S>, 'source' | 'property'>

type WireCodec<Value> = null extends Value
  ? Codec<NonNullable<Value>, null> | Codec<NonNullable<Value>, never>
  : Codec<Value, Value> | Codec<Value, never>

/** One line of a mapping table: where a canonical field comes from. */
type FieldRule<Value> =
  /** `from` is the wire field; dots go into nested records. `orFromContext` falls back to the caller's value. */
  | { from: string; codec: WireCodec<Value>; reso: string | null; readOnly?: true }
  | { from: string; codec: WireCodec<Value | null>; reso: string | null; orFromContext: true; readOnly?: true }
  /** Not on the wire: the caller provides it. */
  | { context: true; reso: string | null }
  /** This source does not have the field. */
  | { absent: true; empty: Value; reso: string | null }

type MappingTable<Fields> = { readonly [Name in keyof Fields]-?: FieldRule<Fields[Name]> }

export interface MappedField {
  field: string
  from: string | null
  codec: string | null
  reso: string | null
  writable: boolean
}

export interface Mapping<Fields> {
  readonly name: string
  /** `$id` of the canonical schema. */
  readonly schema: string
  /** The table itself. */
  readonly rules: Rules
  readonly fields: readonly MappedField[]
  /** The canonical schema. */
  readonly canonical: TObject
  /** Wire record → canonical record; `null` if it is not an object or a required field cannot be read. Never throws. */
  decode(record: unknown, drift: DriftSink, context?: Partial<Fields>): Fields | null
  /** Wire bytes → JSON of the canonical record, for records with common spellings only. */
  readonly transcoder: RecordTranscoder
  /** Canonical fields → wire record, without read-only fields. `null` stays `null` and clears the field. */
  encode(value: Partial<Fields>): Record<string, unknown>
  /** One canonical value → its wire form, for filters. */
  encodeField(field: string, value: unknown): { from: string; value: unknown } | undefined
}

/**
 * Creates a mapping from its table. A table that lacks a field of its schema, or has a field that the schema lacks,
 * does not type-check.
 */
export const defineMapping = <S extends TObject>(
  name: string,
  schema: S,
  table: MappingTable<Canonical<S>>,
  /** `ignored` wire fields are known but not decoded: they are no drift. */
  { writable = false, ignored = [] }: { writable?: boolean; ignored?: readonly string[] } = {},
): Mapping<Canonical<S>> => {
  const rules = Object.entries(table) as [string, AnyRule][]
  const ordered = Object.keys(schema.properties).flatMap((field) => rules.filter(([name]) => name === field))
  const fields = ordered.map(([field]) => field)
  const decodeRecord = compileDecode(name, rules, fields, ignored)

  return {
    name,
    schema: String((schema as { $id?: string }).$id),
    rules,
    fields: rules.map(([field, rule]) => toMappedField(field, rule, writable)),
    canonical: schema,
    decode: (record, drift, context = {}) => {
      if (!isRecord(record)) {
        drift(name, '(record)', 'unreadable')
        return null
      }
      return decodeRecord(record, drift, context) as Canonical<S> | null
    },
    transcoder: createRecordTranscoder(ordered),
    encode: (value) => {
      const wire: Record<string, unknown> = {}
      for (const [field, rule] of rules) {
        if (!(field in value) || !isWireRule(rule) || rule.readOnly || !rule.codec.encode) continue
        const canonical = value[field as keyof typeof value]
        wire[rule.from] = canonical === null || canonical === undefined ? null : rule.codec.encode(canonical)
      }
      return wire
    },
    encodeField: (field, value) => {
      const rule = rules.find(([candidate]) => candidate === field)?.[1]
      if (!rule || !isWireRule(rule)) return undefined
      return { from: rule.from, value: value === undefined ? undefined : rule.codec.encode?.(value) }
    },
  }
}

const toMappedField = (field: string, rule: AnyRule, writable: boolean): MappedField => ({
  field,
  from: isWireRule(rule) ? rule.from : null,
  codec: isWireRule(rule) ? rule.codec.name : null,
  reso: rule.reso,
  writable: writable && isWireRule(rule) && !rule.readOnly && rule.codec.encode !== undefined,
})
