import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'

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

/** Swagger UI at `/docs`: public, and no part of the API that it shows. */
export const userInterface = async (app: FastifyInstance): Promise<void> => {
  app.addHook('onRoute', (route) => {
    route.config = { ...route.config, scope: 'public', helmet: { contentSecurityPolicy } }
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: {
      persistAuthorization: true,
      tryItOutEnabled: true,
      displayOperationId: true,
      displayRequestDuration: true,
      // Colouring a list of a thousand leads freezes the page.
      syntaxHighlight: { activate: false },
    },
    theme: { title: 'Foyer API' },
  })
}
