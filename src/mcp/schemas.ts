import type { TSchema } from 'typebox'
import { components } from '#schemas/components.ts'

type JsonSchema = Record<string, unknown>

const componentsById = new Map(components.map((schema) => [(schema as { $id?: string }).$id, schema as JsonSchema]))

/** Keywords that a language model does not need. */
const omittedKeywords = new Set(['$id', 'examples'])

const isObject = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null

/** True for `source` and for the property of a lead. Responses have them only with `include`, which no tool sends. */
const isIncluded = (schema: unknown): boolean =>
  isObject(schema) && (schema.$ref === 'Source#' || JSON.stringify(schema.anyOf)?.includes('"Property#"') === true)

const withoutIncluded = (properties: JsonSchema): JsonSchema =>
  Object.fromEntries(Object.entries(properties).filter(([, each]) => !isIncluded(each)))

/** Returns a self-contained schema, with the referenced components in `$defs`. */
export const toStandaloneSchema = (schema: TSchema): JsonSchema => {
  const definitions: JsonSchema = {}

  const addDefinition = (name: string): string => {
    if (!(name in definitions)) {
      const component = componentsById.get(name)
      if (!component) throw new TypeError(`there is no component ${name}`)
      // Registered first, because a component may refer to itself.
      definitions[name] = {}
      definitions[name] = copyValue(component)
    }
    return `#/$defs/${name}`
  }

  const copyValue = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(copyValue)
    if (!isObject(value)) return value
    const entries = Object.entries(value).filter(([name]) => !omittedKeywords.has(name))
    return Object.fromEntries(
      entries.map(([name, each]) => {
        if (name === '$ref') return [name, addDefinition(String(each).replace(/#$/, ''))]
        if (name === 'properties') return [name, copyEach(withoutIncluded(each as JsonSchema))]
        return [name, copyValue(each)]
      }),
    )
  }

  const copyEach = (properties: JsonSchema): JsonSchema =>
    Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, copyValue(each)]))

  const root = copyValue(schema) as JsonSchema
  return Object.keys(definitions).length > 0 ? { ...root, $defs: definitions } : root
}
