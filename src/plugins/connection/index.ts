import type { FastifyInstance } from 'fastify'
import type { PhaseOptions } from '../phase-options.ts'
import connectionLimits from './connection-limits.ts'
import localOnly from './local-only.ts'
import publicPath from './public-path.ts'
import rawRequest from './raw-request/index.ts'
import securityHeaders from './security-headers.ts'
import shutdown from './shutdown.ts'

/** Registers what concerns the connection and the raw request. `client-errors.ts` answers what Node cannot parse. */
export const registerConnection = async (app: FastifyInstance, options: PhaseOptions): Promise<void> => {
  const { config, overrides } = options
  // Links in every response, also in a rejection, begin with the path of the public URL.
  await app.register(publicPath, { publicUrl: config.publicUrl })
  // Every response, also a rejection, has the security headers.
  await app.register(securityHeaders, { publicUrl: config.publicUrl })
  // Keeps the process below its limit of descriptors.
  await app.register(connectionLimits, { ...overrides.connections, trustedProxies: config.trustedProxies })
  // Rejects requests that a proxy could understand differently (request smuggling).
  await app.register(rawRequest)
  // Without authentication, only this machine may call: other hosts and foreign pages are rejected.
  if (config.authentication === 'off') await app.register(localOnly, { origins: config.corsOrigins })
  // Closes connections during a graceful shutdown.
  await app.register(shutdown, overrides.stopping ?? {})
}
