import fastJsonStringify, { type Schema } from 'fast-json-stringify'
import fp from 'fastify-plugin'
import { components } from '#schemas/components.ts'
import { getOrCreate } from '#src/lib/get-or-create.ts'
import { lazy } from '#src/lib/lazy.ts'
import { createListWriter, type List } from './list-serializer.ts'
import { toSerializableSchemas } from './schemas.ts'

type Writer = (value: unknown) => string | Buffer

/**
 * Serializes responses with their schemas, so that fields outside the schema are never sent. All routes share compiled
 * schemas, and each schema is compiled at its first use, to start faster. A test compiles all of them.
 * @see https://github.com/fastify/fast-json-stringify
 */
export default fp(
  async (app) => {
    app.setSerializerCompiler<object>(({ schema: of }) => {
      const writer = getOrCreate(writers, JSON.stringify(of), () => lazy(() => createWriter(of)))
      // Fastify also sends Buffers, although its type allows only strings.
      return (value: unknown) => writer()(value) as string
    })
  },
  { name: 'serialization' },
)

/** The number of schemas is fixed, so the whole process can share the writers. */
const writers = new Map<string, () => Writer>()

const getSchemas = lazy(() => toSerializableSchemas(components))

const compile = (outputSchema: object) =>
  fastJsonStringify(outputSchema as Schema, { schema: getSchemas() as unknown as Record<string, Schema> })

const createWriter = (outputSchema: object): Writer => {
  const list = findListParts(getSchemas()[getReferenceName(outputSchema) ?? ''])
  if (!list) return compile(outputSchema)
  const write = createListWriter(compile(list.element), compile(list.pagination))
  return (value) => write(value as List)
}

const getReferenceName = (schema: object): string | undefined => (schema as { $ref?: string }).$ref?.replace(/#$/, '')

/** Returns the element and pagination schemas of a list component, or null for other components. */
const findListParts = (
  component: Record<string, unknown> | undefined,
): { element: object; pagination: object } | null => {
  const { data, pagination, ...others } = (component?.properties ?? {}) as Record<string, Record<string, object>>
  if (!data?.items || !pagination || Object.keys(others).length > 0) return null
  return { element: data.items, pagination }
}
