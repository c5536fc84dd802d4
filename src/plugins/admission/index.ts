import type { FastifyInstance } from 'fastify'
import type { PhaseOptions } from '../phase-options.ts'
import authentication from './authentication/index.ts'
import authorization from './authorization.ts'
import contentNegotiation from './content-negotiation.ts'
import cors from './cors.ts'
import loadShedding from './load-shedding/index.ts'
import openResponses from './open-responses.ts'
import rateLimitByClient from './rate-limit/by-client.ts'
import rateLimitByNetwork from './rate-limit/by-network.ts'
import unknownRoute from './unknown-route.ts'

/** Registers what decides whether a request may run now. */
export const registerAdmission = async (app: FastifyInstance, options: PhaseOptions): Promise<void> => {
  const { config, services, overrides } = options
  const { rateLimit, tenants } = config
  const { now, nowMs } = services
  // Answers preflight requests, which carry no credentials.
  await app.register(cors, { origins: config.corsOrigins })
  // Limits what one network may send before its credentials are checked.
  await app.register(rateLimitByNetwork, { limit: rateLimit, nowMs })
  // Answers 404 and 405 before the body is read.
  await app.register(unknownRoute)
  // Finds the client of an API key, a JWT or a ticket.
  await app.register(authentication, { mode: config.authentication, tenants, jwt: config.jwt, now })
  // Limits the requests of each client, and its share of the upstream's hourly budget.
  await app.register(rateLimitByClient, { limit: rateLimit, budgetShare: config.clientBudgetShare, nowMs })
  // Checks the scope of the operation. The use cases check the grants.
  await app.register(authorization)
  // Ends long-lived responses when the access of their client ends.
  await app.register(openResponses, { now })
  // After the body has arrived: starts the request, queues it, or rejects it. The queue is fair to tenants.
  await app.register(loadShedding, overrides.shedding ?? {})
  // After validation: a 406 must not hide a 400, 401 or 403.
  await app.register(contentNegotiation)
}
