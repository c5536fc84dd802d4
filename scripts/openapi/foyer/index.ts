import swagger from '@fastify/swagger'
import Fastify, { type FastifySchema, type RouteOptions } from 'fastify'
import { components } from '#schemas/components.ts'
import type { Scope } from '#src/access-control.ts'
import { registerRoutes } from '#src/register-routes.ts'
import { mappingTables } from '#src/upstreams/index.ts'
import { documentInfo } from './document-info.ts'
import { postProcess } from './post-process.ts'
import { listProblemCodes, toProblemResponses } from './problems.ts'

/**
 * Creates the gateway's own document from the schemas and configs of `routes/`.
 * @see https://github.com/fastify/fastify-swagger
 */
export const createFoyerDocument = async (): Promise<unknown> => {
  const app = Fastify({ exposeHeadRoutes: false, routerOptions: { ignoreTrailingSlash: true } })
  // These routes receive no requests, so compiling their schemas would be wasted work.
  app.setValidatorCompiler(() => () => true)
  app.setSerializerCompiler(() => (value) => JSON.stringify(value))
  app.decorate('publicPath', '')
  app.decorate('scrape', { contentType: 'text/plain', text: async () => '' })
  app.addHook('onRoute', (route) => {
    route.schema = describeRoute(route)
  })
  for (const component of components) app.addSchema(component)
  await app.register(swagger, {
    openapi: { ...documentInfo, servers: [{ url: '/', description: 'This gateway' }] },
    hideUntagged: true,
    refResolver: { buildLocalReference: (json, _base, _fragment, index) => String(json.$id ?? `schema-${index}`) },
    transformObject: (document) =>
      'openapiObject' in document ? postProcess(document.openapiObject, mappingTables) : {},
  })
  await registerRoutes(app)
  await app.ready()
  return JSON.parse(JSON.stringify(app.swagger()))
}

/** Adds the security and the problems of a route to its schema. */
const describeRoute = ({ schema = {}, config = {}, url, method }: RouteOptions): FastifySchema => {
  const { scope = 'public', browserCache } = config
  return {
    ...schema,
    ...toSecurity(scope),
    ...(browserCache && { 'x-cached': true }),
    ...(browserCache === 'revalidate' && { 'x-stored': true }),
    response: {
      ...(schema.response as object),
      ...toProblemResponses(listProblemCodes({ url, methods: [method].flat(), ...config }), config.hasProblemPages),
    },
  } as FastifySchema
}

const toSecurity = (scope: Scope | 'any' | 'public') => {
  if (scope === 'public') return { security: [] }
  if (scope === 'any') return { security: [{ apiKey: [] }, { bearer: [] }] }
  return { security: [{ apiKey: [] }, { bearer: [scope] }], 'x-scope': scope }
}
