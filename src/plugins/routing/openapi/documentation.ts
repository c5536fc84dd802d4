import swagger from '@fastify/swagger'
import swaggerUi, { type FastifySwaggerUiConfigOptions } from '@fastify/swagger-ui'
import Fastify, { type FastifyInstance } from 'fastify'
import type { OpenAPIV3 } from 'openapi-types'
import { pageScript } from './page-script.ts'
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
  readonly document: OpenAPIV3.Document
  readonly demoKey: string | null
  /** Path of the gateway's public URL. */
  readonly publicPath: string
}

/**
 * Creates a separate app that serves Swagger UI for the document. Only the gateway can reach it.
 * @see https://github.com/fastify/fastify-swagger-ui
 */
export const createDocumentation = async (options: DocumentationOptions): Promise<FastifyInstance> => {
  const { document, demoKey, publicPath } = options
  const app = Fastify({ exposeHeadRoutes: false, routerOptions: { ignoreTrailingSlash: true } })
  await app.register(swagger, { mode: 'static', specification: { document } })
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
