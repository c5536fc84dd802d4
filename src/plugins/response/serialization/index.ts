import fastJsonStringify, { type Schema } from 'fast-json-stringify'
import fp from 'fastify-plugin'
import { components } from '#schemas/components.ts'
import { late } from '#src/lib/lazy.ts'
import { createListWriter, type List } from './list-serializer.ts'
import { serializable } from './schemas.ts'

type Writer = (value: unknown) => string | Buffer

/**
 * Replies are written by their schemas: what these do not name goes to nobody. Each schema is compiled once, for all
 * routes, and when a reply first needs it: a test holds that all of them can be compiled.
 */
export default fp(
  async (app) => {
    const schemas = late(() => serializable(components))
    const writers = new Map<string, () => Writer>()

    const compile = (of: object) =>
      fastJsonStringify(of as Schema, { schema: schemas() as unknown as Record<string, Schema> })

    const writerOf = (of: object): Writer => {
      const list = listIn(schemas()[nameIn(of) ?? ''])
      if (!list) return compile(of)
      const write = createListWriter(compile(list.element), compile(list.pagination))
      return (value) => write(value as List)
    }

    app.setSerializerCompiler<object>(({ schema: of }) => {
      const key = JSON.stringify(of)
      const writer = writers.get(key) ?? late(() => writerOf(of))
      writers.set(key, writer)
      // The framework sends bytes as well as texts.
      return (value: unknown) => writer()(value) as string
    })
  },
  { name: 'serialization' },
)

const nameIn = (schema: object): string | undefined => (schema as { $ref?: string }).$ref?.replace(/#$/, '')

/** Of a component that is a page of a list. */
const listIn = (component: Record<string, unknown> | undefined): { element: object; pagination: object } | null => {
  const { data, pagination, ...others } = (component?.properties ?? {}) as Record<string, Record<string, object>>
  if (!data?.items || !pagination || Object.keys(others).length > 0) return null
  return { element: data.items, pagination }
}
