import autoload from '@fastify/autoload'
import type { FastifyInstance } from 'fastify'

/**
 * The REST surface: each folder of `routes/` is a path, and `_name` in it a parameter. A package has no such folders: where
 * this module is, it has the same routes as a list, written when the package is made.
 */
export const registerRoutes = async (app: FastifyInstance): Promise<void> => {
  await app.register(autoload, { dir: `${import.meta.dirname}/../routes`, routeParams: true, forceESM: true })
}
