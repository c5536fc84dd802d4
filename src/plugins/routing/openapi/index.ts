import type { FastifySchema, RouteOptions } from 'fastify'
import fp from 'fastify-plugin'
import type { OpenAPI } from 'openapi-types'
import type { Scope } from '#src/access-control.ts'
import { lazyAsync } from '#src/lib/lazy.ts'
import type { ProblemCode } from '#src/problems.ts'
import type { MappingTable } from '#src/upstreams/index.ts'
import { listProblemCodes, toProblemResponses } from './problems.ts'
import { registerSwaggerUi } from './swagger-ui.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Returns the OpenAPI document. Call it only after the app is ready. */
    openapi(): Promise<OpenAPI.Document>
  }
  interface FastifyContextConfig {
    /** The upstreams that the operation may call; their failures are added to its problems. */
    upstreams?: readonly ('spacio' | 'liondesk')[]
    /** Problems of this operation in addition to the common ones. */
    problems?: readonly ProblemCode[]
  }
}

/**
 * Generates the OpenAPI document from the routes' schemas and configs, and serves Swagger UI. It must be registered
 * before the routes, because it collects them. The generator is loaded at the first request, because loading it would
 * slow down every start by a tenth.
 */
export default fp<{ mappings: readonly MappingTable[]; demoKey: string | null }>(
  async (app, { mappings, demoKey }) => {
    const routes: RouteOptions[] = []
    app.addHook('onRoute', (route) => {
      const { schema, config } = route
      if (!schema || schema.hide || !config) return
      const { scope = 'public', browserCache } = config
      route.schema = {
        ...schema,
        ...toSecurity(scope),
        ...(browserCache && { 'x-cached': true }),
        response: {
          ...(schema.response as object),
          ...toProblemResponses(listProblemCodes({ url: route.url, ...config })),
        },
      } as FastifySchema
      if (route.method !== 'HEAD') routes.push(route)
    })

    const getDocumentation = lazyAsync(async () => {
      const { createDocumentation } = await import('./documentation.ts')
      return createDocumentation({ routes, mappings, demoKey, publicPath: app.publicPath })
    })
    app.decorate('openapi', async () => (await getDocumentation()).swagger())
    await app.register(registerSwaggerUi, { documentation: getDocumentation })
    // Serialized once; all responses share the bytes.
    const getDocumentBytes = lazyAsync(async () => Buffer.from(JSON.stringify(await app.openapi())))
    app.get('/openapi.json', { config: { scope: 'public' }, schema: { hide: true } }, async (_request, reply) =>
      reply.type('application/json; charset=utf-8').send(await getDocumentBytes()),
    )
  },
  { name: 'openapi', dependencies: ['request-state', 'public-path'] },
)

const toSecurity = (scope: Scope | 'any' | 'public') => {
  if (scope === 'public') return { security: [] }
  if (scope === 'any') return { security: [{ apiKey: [] }, { bearer: [] }] }
  return { security: [{ apiKey: [] }, { bearer: [scope] }], 'x-scope': scope }
}
