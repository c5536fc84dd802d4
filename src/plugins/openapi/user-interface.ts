import swaggerUi, { type FastifySwaggerUiConfigOptions } from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import { stylesheet } from './stylesheet.ts'

/** Its own scripts and nobody else's; it lays itself out with styles in the page, and carries its icons as data. */
const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    baseUri: ["'none'"],
    connectSrc: ["'self'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
    imgSrc: ["'self'", 'data:'],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
  },
}

/** A phone lays a page without it out for a screen three times as wide. */
const viewport = `document.head.append(
  Object.assign(document.createElement('meta'), { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
)`

/** Runs in the page, written into it as text: authorizes with the demo's key, unless the user has done so or logged out. */
const authorizing = (key: string) =>
  Object.assign(() => {}, {
    toString: () =>
      `() => localStorage.getItem('authorized') || ui.preauthorizeApiKey('apiKey', ${JSON.stringify(key)})`,
  })

/** As Swagger UI reads it; the types of the plugin know other names for three settings, which do nothing. */
type UiConfig = Omit<FastifySwaggerUiConfigOptions, 'requestSnippets' | 'syntaxHighlight'> & {
  requestSnippetsEnabled: boolean
  requestSnippets: { languages: string[] }
  syntaxHighlight: { activated: boolean }
}

/** Swagger UI at `/docs`: public, and no part of the API that it shows. */
export const userInterface = async (app: FastifyInstance, { demoKey }: { demoKey: string | null }): Promise<void> => {
  app.addHook('onRoute', (route) => {
    route.config = { ...route.config, scope: 'public', helmet: { contentSecurityPolicy } }
  })
  const uiConfig: UiConfig = {
    persistAuthorization: true,
    tryItOutEnabled: true,
    displayOperationId: true,
    displayRequestDuration: true,
    requestSnippetsEnabled: true,
    requestSnippets: { languages: ['curl_bash', 'curl_powershell'] },
    // Colouring a list of a thousand leads freezes the page.
    syntaxHighlight: { activated: false },
    ...(demoKey !== null && { onComplete: authorizing(demoKey) }),
  }
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: uiConfig as FastifySwaggerUiConfigOptions,
    theme: {
      title: 'Foyer API',
      css: [{ filename: 'foyer.css', content: stylesheet }],
      js: [{ filename: 'foyer.js', content: viewport }],
    },
  })
}
