import type { FastifyInstance } from 'fastify'
import { registerAdmission } from './admission/index.ts'
import { registerConnection } from './connection/index.ts'
import { registerObserve } from './observe/index.ts'
import type { PhaseOptions } from './phase-options.ts'
import { registerRequest } from './request/index.ts'
import { registerResponse } from './response/index.ts'
import { registerRouting } from './routing/index.ts'

/**
 * Registers what happens to a request, in phases. Fastify runs the hooks of one kind in the order of registration: a
 * plugin sees a request before all plugins below it.
 */
export const registerPhases = async (app: FastifyInstance, options: PhaseOptions): Promise<void> => {
  // Metrics, traces and the log begin first, so that they include the requests that a later phase rejects.
  await registerObserve(app, options)
  // Rejects requests that are not valid HTTP, and closes connections that are too many or too slow.
  await registerConnection(app, options)
  // Decides whether the request may run now: for its origin, its rate, its credentials, its scope and the load.
  await registerAdmission(app, options)
  // Reads the body, validates the request, and creates the context that the use cases receive.
  await registerRequest(app)
  // Turns results and errors into HTTP responses.
  await registerResponse(app, options)
  // Registers the operations themselves. The hooks above apply to all of them.
  await registerRouting(app, options)
}
