import type { FastifyInstance } from 'fastify'
import mcp from '#src/mcp/index.ts'
import { registerRoutes } from '#src/register-routes.ts'
import type { PhaseOptions } from '../phase-options.ts'
import discovery from './discovery.ts'
import openapi from './openapi/index.ts'

/** Registers the operations. */
export const registerRouting = async (app: FastifyInstance, { config, services }: PhaseOptions): Promise<void> => {
  const { publicUrl, jwt } = config
  // The well-known URLs, which OAuth clients and API directories read first.
  await app.register(discovery, { publicUrl, ownUrl: services.ownUrl, jwt })
  // The OpenAPI document, and the page that shows it.
  await app.register(openapi, { demoKey: config.demoKey })
  // The REST API: one file for each URL.
  await registerRoutes(app)
  // The tools for AI assistants, which call the REST API.
  await app.register(mcp, { isEnabled: config.mcp, origins: config.corsOrigins })
  // Answers 405 for the other methods of the URLs above.
  app.registerMethodGuards()
}
