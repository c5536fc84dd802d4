/** From mapping tables to the named schemas of an upstream's document. */
import { type AnyMapping, createWireSchema } from '#src/mapping/wire-schema.ts'

export type Json = Record<string, unknown>

/** `spacio.openHouse` → `OpenHouse`. */
export const getSchemaName = (mapping: string): string => {
  const name = mapping.slice(mapping.indexOf('.') + 1)
  return name.charAt(0).toUpperCase() + name.slice(1)
}

export const createReference = (name: string): Json => ({ $ref: `#/components/schemas/${name}` })

/** The wire records as named schemas, each with its example. */
export const createRecordSchemas = (mappings: readonly AnyMapping[], examples: Json): Json =>
  Object.fromEntries(
    mappings.map((mapping) => {
      const name = getSchemaName(mapping.name)
      return [name, createRecordSchema(mapping, examples[name])]
    }),
  )

const createRecordSchema = (mapping: AnyMapping, example: unknown): Json => {
  const { $id: _, ...schema } = createWireSchema(mapping)
  return {
    description: `The gateway reads it as \`${mapping.schema}\`. Fields that are not named here may come as well.`,
    ...withReferences(schema),
    ...(example !== undefined && { examples: [example] }),
  }
}

/** Tables refer to each other by mapping name, documents by the path of a component. */
const withReferences = (schema: object): Json =>
  JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    key === '$ref' && typeof value === 'string' ? createReference(getSchemaName(value)).$ref : value,
  ) as Json

/** A body or reply in JSON. */
export const createJsonContent = (schema: Json, example: unknown): Json => ({ 'application/json': { schema, example } })

export const license = { name: 'MIT', identifier: 'MIT' }
