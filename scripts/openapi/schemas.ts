/** From mapping tables to the named schemas of an upstream's document. */
import { type AnyMapping, wireSchemaOf } from '#src/mapping/wire-schema.ts'

export type Json = Record<string, unknown>

/** `spacio.openHouse` → `OpenHouse`. */
export const schemaName = (mapping: string): string => {
  const name = mapping.slice(mapping.indexOf('.') + 1)
  return name.charAt(0).toUpperCase() + name.slice(1)
}

export const reference = (name: string): Json => ({ $ref: `#/components/schemas/${name}` })

/** The wire records as named schemas, each with its example. */
export const recordSchemas = (mappings: readonly AnyMapping[], examples: Json): Json =>
  Object.fromEntries(
    mappings.map((mapping) => {
      const name = schemaName(mapping.name)
      return [name, recordSchema(mapping, examples[name])]
    }),
  )

const recordSchema = (mapping: AnyMapping, example: unknown): Json => {
  const { $id: _, ...schema } = wireSchemaOf(mapping)
  return {
    description: `The gateway reads it as \`${mapping.schema}\`. Fields that are not named here may come as well.`,
    ...withReferences(schema),
    ...(example !== undefined && { examples: [example] }),
  }
}

/** Tables refer to each other by mapping name, documents by the path of a component. */
const withReferences = (schema: object): Json =>
  JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    key === '$ref' && typeof value === 'string' ? reference(schemaName(value)).$ref : value,
  ) as Json

/** A body or reply in JSON. */
export const jsonContent = (schema: Json, example: unknown): Json => ({ 'application/json': { schema, example } })

export const license = { name: 'MIT', identifier: 'MIT' }
