import swagger from '@fastify/swagger'
import type { FastifySchema } from 'fastify'
import fp from 'fastify-plugin'
import type { Scope } from '#src/access.ts'
import type { ProblemCode } from '#src/problems.ts'
import type { MappingTable } from '#src/upstreams/index.ts'
import { finish } from './finish.ts'
import { information } from './information.ts'
import { problemResponses, problemsOf } from './problems.ts'
import { userInterface } from './user-interface.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The upstreams that the operation may ask: their failures are among its problems. */
    upstreams?: readonly ('spacio' | 'liondesk')[]
    /** Problems of this operation beyond those that all have. */
    problems?: readonly ProblemCode[]
  }
}

/** The OpenAPI document, from the routes' own schemas and configs, and Swagger UI over it. */
export default fp<{ mappings: readonly MappingTable[]; demoKey: string | null }>(
  async (app, { mappings, demoKey }) => {
    app.addHook('onRoute', (route) => {
      const { schema, config } = route
      if (!schema || schema.hide || !config) return
      const { scope = 'public', keeps } = config
      route.schema = {
        ...schema,
        ...securityOf(scope),
        ...(keeps && { 'x-keeps': true }),
        response: { ...(schema.response as object), ...problemResponses(problemsOf({ url: route.url, ...config })) },
      } as FastifySchema
    })
    await app.register(swagger, {
      openapi: information,
      hideUntagged: true,
      refResolver: { buildLocalReference: (json, _base, _fragment, index) => String(json.$id ?? `schema-${index}`) },
      transformObject: (document) => ('openapiObject' in document ? finish(document.openapiObject, mappings) : {}),
    })
    await app.register(userInterface, { demoKey })
    app.get('/openapi.json', { config: { scope: 'public' }, schema: { hide: true } }, async () => app.swagger())
  },
  { name: 'openapi' },
)

const securityOf = (scope: Scope | 'any' | 'public') =>
  scope === 'public' ? { security: [] } : { security: [{ apiKey: [] }, { bearer: [scope] }], 'x-scope': scope }
