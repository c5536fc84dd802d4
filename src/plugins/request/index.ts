import type { FastifyInstance } from 'fastify'
import bodyParsing from './body-parsing.ts'
import callContext from './call-context.ts'
import validation from './validation.ts'

/** Registers what turns an HTTP request into the input of a use case. */
export const registerRequest = async (app: FastifyInstance): Promise<void> => {
  // Accepts JSON in UTF-8 only.
  await app.register(bodyParsing)
  // Validates path, query and body against the schemas of the route.
  await app.register(validation)
  // Creates the context of the use cases: the caller, the signal of a client that disconnects, and the request's cache.
  await app.register(callContext)
}
