/** Converts mapping tables to the named schemas of an upstream's document. */
import { type AnyMapping, createWireSchema } from './wire-schema.ts'

export type Json = Record<string, unknown>

/** Converts `spacio.openHouse` to `OpenHouse`. */
export const getSchemaName = (mapping: string): string => {
  const name = mapping.slice(mapping.indexOf('.') + 1)
  return name.charAt(0).toUpperCase() + name.slice(1)
}

export const createReference = (name: string): Json => ({ $ref: `#/components/schemas/${name}` })

/** Creates named schemas of the wire records, each with an example. */
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

/** Replaces references by mapping name with component paths. */
const withReferences = (schema: object): Json =>
  JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    key === '$ref' && typeof value === 'string' ? createReference(getSchemaName(value)).$ref : value,
  ) as Json

/** Creates the content of a JSON body or reply. */
export const createJsonContent = (schema: Json, example: unknown): Json => ({ 'application/json': { schema, example } })

export const license = { name: 'MIT', identifier: 'MIT' }
