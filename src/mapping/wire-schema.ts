import type { WireSchema } from './codec.ts'
import type { Mapping, WireField } from './mapping.ts'

/** A mapping of any schema. */
export type AnyMapping = Pick<Mapping<never>, 'name' | 'schema' | 'wireFields'>

/**
 * The JSON schema of a mapping's wire record; its `$id` is the mapping's name, and so are the references to nested
 * records. It requires what the table requires and lets unknown fields pass: they are drift, no error.
 */
export const createWireSchema = ({ name, schema, wireFields }: AnyMapping): WireSchema => ({
  $id: name,
  ...createRecordSchema(wireFields.map((field) => ({ ...field, path: field.from.split('.'), canonical: schema }))),
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
