import fp from 'fastify-plugin'
import type { OpenAPIV3 } from 'openapi-types'
import { lazyAsync } from '#src/lib/lazy.ts'
import type { ProblemCode } from '#src/problems.ts'
import { registerSwaggerUi } from './swagger-ui.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The upstreams that the operation may call; the document adds their failures to its problems. */
    upstreams?: readonly ('spacio' | 'liondesk')[]
    /** Problems of this operation in addition to the common ones, for the document. */
    problems?: readonly ProblemCode[]
    /** A browser gets problems as HTML pages. */
    hasProblemPages?: boolean
  }
}

/**
 * Serves the OpenAPI document and Swagger UI. `npm run generate` generates the document from the routes. Both are loaded
 * at the first request.
 */
export default fp<{ demoKey: string | null }>(
  async (app, { demoKey }) => {
    const getDocument = lazyAsync(async () => {
      const { default: json } = await import('../../../../openapi/foyer.json', { with: { type: 'json' } })
      const { servers = [], paths, ...document } = json as unknown as OpenAPIV3.Document
      const { '/metrics': metrics, ...otherPaths } = paths ?? {}
      return {
        ...document,
        paths: app.scrape ? { ...paths } : otherPaths,
        servers: servers.map((server) => ({ ...server, url: app.publicPath || '/' })),
      }
    })
    const getDocumentation = lazyAsync(async () => {
      const { createDocumentation } = await import('./documentation.ts')
      return createDocumentation({ document: await getDocument(), demoKey, publicPath: app.publicPath })
    })
    await app.register(registerSwaggerUi, { documentation: getDocumentation })
    // Serialized once; all responses share the bytes.
    const getDocumentBytes = lazyAsync(async () => Buffer.from(JSON.stringify(await getDocument())))
    app.get('/openapi.json', { config: { scope: 'public' }, schema: { hide: true } }, async (_request, reply) =>
      reply.type('application/json; charset=utf-8').send(await getDocumentBytes()),
    )
  },
  { name: 'openapi', dependencies: ['request-state', 'public-path', 'telemetry'] },
)
