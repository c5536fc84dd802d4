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

/** Runs in the page as text: authorizes with the demo key, unless the user has already authorized or logged out. */
const createAuthorizeHook = (key: string) =>
  createFunction(`() => localStorage.getItem('authorized') || ui.preauthorizeApiKey('apiKey', ${JSON.stringify(key)})`)

/** The options of Swagger UI; the plugin's types have other names for three of them, which have no effect. */
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
  // Syntax highlighting of a list of a thousand leads freezes the page.
  syntaxHighlight: { activated: false },
  plugins: [createFunction('foyerPlugin')],
  ...(demoKey !== null && { onComplete: createAuthorizeHook(demoKey) }),
})

interface DocumentationOptions {
  /** The gateway's routes, with complete schemas. */
  readonly routes: readonly RouteOptions[]
  readonly mappings: readonly MappingTable[]
  readonly demoKey: string | null
  /** Path of the gateway's public URL. */
  readonly publicPath: string
}

/**
 * Creates a separate app that describes the gateway's routes and serves Swagger UI. Only the gateway can reach it.
 * @see https://github.com/fastify/fastify-swagger
 */
export const createDocumentation = async (options: DocumentationOptions): Promise<FastifyInstance> => {
  const { routes, mappings, demoKey, publicPath } = options
  const app = Fastify({ exposeHeadRoutes: false, routerOptions: { ignoreTrailingSlash: true } })
  // These routes receive no requests, so compiling their schemas would be wasted work.
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
