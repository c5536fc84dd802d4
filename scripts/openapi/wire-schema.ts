/** Describes the wire records of mapping tables as JSON schemas, for the documents of the upstreams. */
import type { WireSchema } from '#src/mapping/codec.ts'
import type { Mapping } from '#src/mapping/mapping.ts'
import { isWireRule, type WireRule } from '#src/mapping/rule.ts'

/** A mapping of any schema. */
export type AnyMapping = Pick<Mapping<never>, 'name' | 'schema' | 'rules' | 'canonical'>

/** One field of the wire record, as the table describes it. */
interface WireField {
  /** Dots go into nested records. */
  readonly from: string
  /** The canonical field that is read from it. */
  readonly field: string
  readonly description: string
  readonly schema: WireSchema
  readonly required: boolean
  readonly readOnly: boolean
}

export const listWireFields = ({ rules, canonical }: Pick<AnyMapping, 'rules' | 'canonical'>): WireField[] =>
  rules.flatMap(([field, rule]) => (isWireRule(rule) ? [toWireField(field, rule, canonical.properties[field])] : []))

const toWireField = (field: string, rule: WireRule, canonical: { description?: string } = {}): WireField => ({
  from: rule.from,
  field,
  description: getFirstClause(canonical.description ?? ''),
  schema: rule.codec.wire,
  required: rule.codec.required === true,
  readOnly: rule.readOnly === true,
})

/** The first clause of a description says what the field is; the rest is about the canonical value. */
const getFirstClause = (description: string): string =>
  `${description.split(/;|\.\s+[A-Z]|\.$/)[0]}.`.replace('….', '…')

/**
 * The JSON schema of a mapping's wire record; its `$id` is the mapping's name, and so are the references to nested
 * records. It requires what the table requires and lets unknown fields pass: they are drift, no error.
 */
export const createWireSchema = (mapping: AnyMapping): WireSchema => ({
  $id: mapping.name,
  ...createRecordSchema(
    listWireFields(mapping).map((field) => ({ ...field, path: field.from.split('.'), canonical: mapping.schema })),
  ),
})

interface WirePathField extends WireField {
  /** The rest of the wire path. */
  path: string[]
  canonical: string
}

const createRecordSchema = (fields: readonly WirePathField[]): WireSchema => {
  const byKey = Map.groupBy(fields, ({ path }) => path[0] as string)
  const required = fields.filter((field) => field.required && field.path.length === 1).map(({ path }) => path[0])
  return {
    type: 'object',
    properties: Object.fromEntries([...byKey].map(([key, sameKey]) => [key, createPropertySchema(sameKey)])),
    ...(required.length > 0 && { required }),
    additionalProperties: true,
  }
}

const createPropertySchema = (fields: readonly WirePathField[]): WireSchema => {
  const leaf = fields.find(({ path }) => path.length === 1)
  if (leaf) return createLeafSchema(leaf)
  return withAbsent(createRecordSchema(fields.map((field) => ({ ...field, path: field.path.slice(1) }))))
}

const createLeafSchema = ({
  schema,
  description,
  required,
  readOnly,
  canonical,
  field,
}: WirePathField): WireSchema => ({
  ...(required ? schema : withAbsent(schema)),
  description: [description, schema.description].filter(Boolean).join(' '),
  ...(readOnly && { readOnly }),
  'x-canonical': `${canonical}.${field}`,
})

/** The same or absent: null, and an empty text wherever texts have a pattern. */
const withAbsent = (schema: WireSchema): WireSchema => {
  const { type, pattern, enum: words, anyOf, $ref, ...rest } = schema
  if ($ref) return { anyOf: [{ $ref }, { type: 'null' }], ...rest }
  if (Array.isArray(anyOf)) return { anyOf: [...anyOf, { type: 'null' }], ...rest }
  return {
    type: [type ?? [], 'null'].flat(),
    ...(words && { enum: [...words, null] }),
    ...(pattern && { pattern: String.raw`^\s*$|${pattern}` }),
    ...rest,
  }
}
