import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'

/** Swagger UI at `/docs`: public, and no part of the API that it shows. */
export const userInterface = async (app: FastifyInstance): Promise<void> => {
  app.addHook('onRoute', (route) => {
    route.config = { ...route.config, scope: 'public' }
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
