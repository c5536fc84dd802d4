import swagger from '@fastify/swagger'
import swaggerUi, { type FastifySwaggerUiConfigOptions } from '@fastify/swagger-ui'
import Fastify, { type FastifyInstance, type RouteOptions } from 'fastify'
import { components } from '#schemas/components.ts'
import type { MappingTable } from '#src/upstreams/index.ts'
import { documentInfo } from './document-info.ts'
import { pageScript } from './page-script.ts'
import { postProcess } from './post-process.ts'
import { stylesheet } from './stylesheet.ts'
import { documentationPath } from './swagger-ui.ts'

/** JavaScript for the configuration of the page, which the plugin writes as the text of functions. */
const createFunction = (code: string) => Object.assign(() => ({}), { toString: () => code })

/** Authorizes with the demo's key, unless the user has authorized or logged out. */
const createAuthorizeHook = (key: string) =>
  createFunction(`() => localStorage.getItem('authorized') || ui.preauthorizeApiKey('apiKey', ${JSON.stringify(key)})`)

/** As Swagger UI reads it; the types of the plugin know other names for three settings, which do nothing. */
type UiConfig = Omit<FastifySwaggerUiConfigOptions, 'requestSnippets' | 'syntaxHighlight'> & {
  requestSnippetsEnabled: boolean
  requestSnippets: { languages: string[] }
  syntaxHighlight: { activated: boolean }
}

const createUiConfig = (demoKey: string | null): UiConfig => ({
  persistAuthorization: true,
  tryItOutEnabled: true,
  displayOperationId: true,
  displayRequestDuration: true,
  requestSnippetsEnabled: true,
  requestSnippets: { languages: ['curl_bash', 'curl_powershell'] },
  // Colouring a list of a thousand leads freezes the page.
  syntaxHighlight: { activated: false },
  plugins: [createFunction('foyerPlugin')],
  ...(demoKey !== null && { onComplete: createAuthorizeHook(demoKey) }),
})

export interface DocumentationOptions {
  /** As the gateway has them, their schemas complete. */
  readonly routes: readonly RouteOptions[]
  readonly mappings: readonly MappingTable[]
  readonly demoKey: string | null
  /** Where the gateway is, seen from outside. */
  readonly publicPath: string
}

/** An app of its own, which nobody reaches but through the gateway: it describes the gateway's routes, and serves the page. */
export const createDocumentation = async (options: DocumentationOptions): Promise<FastifyInstance> => {
  const { routes, mappings, demoKey, publicPath } = options
  const app = Fastify({ exposeHeadRoutes: false, routerOptions: { ignoreTrailingSlash: true } })
  // Nothing is sent to the routes here, so that nothing is compiled for them.
  app.setValidatorCompiler(() => () => true)
  app.setSerializerCompiler(() => (value) => JSON.stringify(value))
  for (const component of components) app.addSchema(component)
  await app.register(swagger, {
    openapi: { ...documentInfo, servers: [{ url: publicPath || '/', description: 'This gateway' }] },
    hideUntagged: true,
    refResolver: { buildLocalReference: (json, _base, _fragment, index) => String(json.$id ?? `schema-${index}`) },
    transformObject: (document) => ('openapiObject' in document ? postProcess(document.openapiObject, mappings) : {}),
  })
  for (const { method, url, schema = {} } of routes) app.route({ method, url, schema, handler: async () => {} })
  await app.register(swaggerUi, {
    routePrefix: documentationPath,
    indexPrefix: publicPath,
    uiConfig: createUiConfig(demoKey) as FastifySwaggerUiConfigOptions,
    theme: {
      title: 'Foyer API',
      css: [{ filename: 'foyer.css', content: stylesheet }],
      js: [{ filename: 'foyer.js', content: pageScript }],
    },
  })
  await app.ready()
  return app
}
