import type { TSchema } from 'typebox'

type Schema = Record<string, unknown>

/**
 * The components as the serializer likes them: what is a record or null it can tell by its type alone, where `anyOf`
 * would have it validate each value to find out which of the two it is.
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

/** Null: it is no reference or null. */
const findNullableReference = ({ anyOf }: Schema, byId: ReadonlyMap<string, Schema>): Schema | null => {
  if (!Array.isArray(anyOf) || anyOf.length !== 2) return null
  const [first, second] = anyOf as [Schema, Schema]
  const component = typeof first.$ref === 'string' ? byId.get(first.$ref.replace(/#$/, '')) : undefined
  if (component?.type !== 'object' || second.type !== 'null') return null
  const { $id, ...rest } = component
  return { ...rest, type: ['object', 'null'] }
}
