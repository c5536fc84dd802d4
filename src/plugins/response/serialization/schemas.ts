import type { TSchema } from 'typebox'

type Schema = Record<string, unknown>

/**
 * Returns the component schemas for `fast-json-stringify`, with `anyOf` of a record or null replaced by a type list.
 * Otherwise the serializer would validate each value to choose a branch.
 */
export const toSerializableSchemas = (components: readonly TSchema[]): Record<string, Schema> => {
  const byId = new Map(components.map((component) => [getId(component), component as Schema]))
  return Object.fromEntries([...byId].map(([id, component]) => [id, simplify(component, byId) as Schema]))
}

const getId = (schema: object): string => String((schema as { $id?: unknown }).$id)

const simplify = (schema: unknown, byId: ReadonlyMap<string, Schema>): unknown => {
  if (Array.isArray(schema)) return schema.map((each) => simplify(each, byId))
  if (typeof schema !== 'object' || schema === null) return schema
  const nullable = findNullableReference(schema as Schema, byId)
  if (nullable) return simplify(nullable, byId)
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, simplify(value, byId)]))
}

/** Returns the schema of a nullable reference, or null for other schemas. */
const findNullableReference = ({ anyOf }: Schema, byId: ReadonlyMap<string, Schema>): Schema | null => {
  if (!Array.isArray(anyOf) || anyOf.length !== 2) return null
  const [first, second] = anyOf as [Schema, Schema]
  const component = typeof first.$ref === 'string' ? byId.get(first.$ref.replace(/#$/, '')) : undefined
  if (component?.type !== 'object' || second.type !== 'null') return null
  const { $id, ...rest } = component
  return { ...rest, type: ['object', 'null'] }
}
