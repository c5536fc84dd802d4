import autoload from '@fastify/autoload'
import type { FastifyInstance } from 'fastify'

/**
 * Registers the REST routes. Each folder of `routes/` is a path segment, and `_name` is a parameter. A package has no
 * such folders; its build replaces this module by a generated list of the same routes.
 * @see https://github.com/fastify/fastify-autoload
 */
export const registerRoutes = async (app: FastifyInstance): Promise<void> => {
  await app.register(autoload, { dir: `${import.meta.dirname}/../routes`, routeParams: true, forceESM: true })
}
