import type { MappingTable } from '#src/upstreams/index.ts'

type Json = Record<string, unknown>

/** Request schemas use the field names of the resource that they write. */
const inputSchemas: Record<string, string[]> = { EventProperty: ['NewEventProperty', 'EventPropertyPatch'] }

/**
 * Adds the origin of each field: `x-reso` is its name in the RESO Data Dictionary or null, and `x-source` lists its
 * wire fields as `mapping:field`.
 */
export const annotate = (schemas: Record<string, Json>, mappings: readonly MappingTable[]): void => {
  for (const [name, tables] of Map.groupBy(mappings, ({ schema }) => schema)) {
    for (const schema of [name, ...(inputSchemas[name] ?? [])]) annotateSchema(schemas[schema], tables)
  }
}

const annotateSchema = (schema: Json | undefined, tables: readonly MappingTable[]): void => {
  for (const [field, property] of Object.entries((schema?.properties ?? {}) as Record<string, Json>)) {
    const rules = tables.flatMap(({ name, fields }) =>
      fields.filter((rule) => rule.field === field).map((rule) => ({ ...rule, mapping: name })),
    )
    if (rules.length === 0) continue
    property['x-reso'] = rules.find(({ reso }) => reso !== null)?.reso ?? null
    property['x-source'] = rules.flatMap(({ mapping, from }) => (from === null ? [] : [`${mapping}:${from}`]))
  }
}
