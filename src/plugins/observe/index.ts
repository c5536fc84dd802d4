import type { FastifyInstance } from 'fastify'
import type { PhaseOptions } from '../phase-options.ts'
import requestLog from './request-log.ts'
import requestState from './request-state.ts'
import telemetry from './telemetry/index.ts'

/** Registers what records a request. */
export const registerObserve = async (app: FastifyInstance, options: PhaseOptions): Promise<void> => {
  const { config, services, overrides } = options
  // Declares what the plugins below store on the request: its route, its caller, whether it was admitted. Every response
  // names its request, also a rejection.
  await app.register(requestState)
  // Counts and traces each request from its first hook until its response ends.
  await app.register(telemetry, {
    telemetry: services.telemetry,
    tenants: services.listTenantStatus,
    droppedLogLines: overrides.log?.droppedLines ?? (() => 0),
    host: config.host,
    port: config.metricsPort,
  })
  // Writes one line for each request when it ends.
  await app.register(requestLog)
}
