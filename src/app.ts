import { randomUUID } from 'node:crypto'
import Fastify, { type FastifyError, type FastifyInstance, type FastifyServerOptions, LogController } from 'fastify'
import { components } from '#schemas/components.ts'
import type { Config } from './config.ts'
import type { Gateway } from './gateway/index.ts'
import type { LogWriter } from './log-destination.ts'
import { handleClientError } from './plugins/connection/client-errors.ts'
import { createHttpLimits, defaultTimeouts } from './plugins/connection/http-limits.ts'
import { registerPhases } from './plugins/index.ts'
import { createLoggerOptions } from './plugins/observe/request-log.ts'
import type { PhaseOverrides } from './plugins/phase-options.ts'
import { handleError, handleFrameworkError } from './plugins/response/problem-details.ts'
import { routerOptions } from './plugins/router-options.ts'
import { createServices, type ServiceOptions } from './services.ts'

declare module 'fastify' {
  interface FastifyInstance {
    gateway: Gateway
    /** False after a failed operation of the store, until one succeeds. */
    isStoreUp(): boolean
    /** Replaces tenants and clients. Requests that are in progress end with the tenants and clients they began with. */
    reload(config: Pick<Config, 'tenants'>): void
    /** Logs and counts a failure of work that no caller awaits. */
    reportFailure(error: unknown): void
  }
}

/** What tests and benches replace. */
export interface Overrides extends ServiceOptions, PhaseOverrides {
  logger?: FastifyServerOptions['logger']
  /** Where log lines go, unless `logger` is set. */
  log?: Pick<LogWriter, 'write' | 'droppedLines'>
}

/** Creates the gateway: the server, its services, and the phases that process a request. */
export const buildApp = async (config: Config, overrides: Overrides = {}): Promise<FastifyInstance> => {
  const timeouts = { ...defaultTimeouts, ...overrides.timeouts }
  const app = Fastify({
    logger: overrides.logger ?? {
      ...createLoggerOptions(config.logLevel),
      ...(overrides.log && { stream: overrides.log }),
    },
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    ...createHttpLimits(overrides.timeouts),
    trustProxy: config.trustedProxies.length > 0 && [...config.trustedProxies],
    // During a graceful shutdown, requests on open connections are still answered.
    return503OnClosing: false,
    routerOptions,
    // The plugins `validation` and `serialization` bring their own compilers, so the default ones are never loaded.
    schemaController: { compilersFactory: { buildValidator: rejectCompile, buildSerializer: rejectCompile } },
    clientErrorHandler: handleClientError,
    frameworkErrors: handleFrameworkError,
  })
  // A route keeps the error handler that exists when it is registered, and CORS registers the first route.
  app.setErrorHandler<FastifyError>(handleError)
  for (const component of components) app.addSchema(component)
  const services = await createServices(config, overrides, {
    onFailure: (error) => app.reportFailure(error),
    onStoreUnavailable: (err) => app.log.warn({ err }, 'FOYER_STORE_URL: the store cannot be reached'),
    onStoreRecovery: () => app.log.info('FOYER_STORE_URL: the store can be reached again'),
  })
  const { gateway, telemetry } = services
  app.decorate('gateway', gateway)
  app.decorate('isStoreUp', services.isStoreUp)
  app.decorate('reportFailure', (error: unknown) => {
    app.log.error({ err: error }, 'a background task failed')
    telemetry.metrics.recordBackgroundFailure()
  })
  app.decorate('reload', ({ tenants }: Pick<Config, 'tenants'>) => {
    gateway.configure(tenants)
    app.configureClients(tenants)
    app.recheckReplies()
  })
  // Without a listener, an error of the listening socket (such as EMFILE) would end the process.
  app.addHook('onListen', async () => {
    app.server.on('error', (error) => app.reportFailure(error))
  })
  app.addHook('preClose', services.settle)
  app.addHook('onClose', services.close)
  await registerPhases(app, { config, services, timeouts, overrides })
  return app
}

const rejectCompile = (): never => {
  throw new TypeError('Schemas must be compiled by the plugins validation and serialization.')
}
