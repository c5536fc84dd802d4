import { randomUUID } from 'node:crypto'
import Fastify, { type FastifyInstance, type FastifyServerOptions, LogController } from 'fastify'
import { components } from '#schemas/components.ts'
import { type Config, ConfigError } from './config.ts'
import { loadSealer } from './gateway/crypto/encryption.ts'
import { loadSigner } from './gateway/crypto/signing.ts'
import { createGateway, type Gateway } from './gateway/index.ts'
import type { LogWriter } from './log-destination.ts'
import mcp from './mcp/index.ts'
import authentication from './plugins/admission/authentication/index.ts'
import authorization from './plugins/admission/authorization.ts'
import negotiation from './plugins/admission/content-negotiation.ts'
import cors from './plugins/admission/cors.ts'
import shedding, { type SheddingOptions } from './plugins/admission/load-shedding/index.ts'
import rateLimitByClient from './plugins/admission/rate-limit/by-client.ts'
import rateLimitByAddress from './plugins/admission/rate-limit/by-network.ts'
import { handleClientError } from './plugins/connection/client-errors.ts'
import connectionLimits from './plugins/connection/connection-limits.ts'
import { createHttpLimits, defaultTimeouts, type Timeouts } from './plugins/connection/http-limits.ts'
import localOnly from './plugins/connection/local-only.ts'
import publicPath from './plugins/connection/public-path.ts'
import guards from './plugins/connection/raw-request/index.ts'
import securityHeaders from './plugins/connection/security-headers.ts'
import stopping, { type StoppingOptions } from './plugins/connection/shutdown.ts'
import requestLog, { createLoggerOptions } from './plugins/observe/request-log.ts'
import route, { routerOptions } from './plugins/observe/route.ts'
import telemetryHooks from './plugins/observe/telemetry/index.ts'
import { createTelemetry } from './plugins/observe/telemetry/telemetry.ts'
import bodies from './plugins/request/body-parsing.ts'
import calls from './plugins/request/call-context.ts'
import validation from './plugins/request/validation.ts'
import caching from './plugins/response/caching/index.ts'
import preconditions from './plugins/response/caching/preconditions.ts'
import eventStream from './plugins/response/event-stream.ts'
import leadEvents from './plugins/response/lead-event-stream.ts'
import links from './plugins/response/links.ts'
import openReplies from './plugins/response/open-responses.ts'
import problemReplies, { handleFrameworkError } from './plugins/response/problem-details.ts'
import serialization from './plugins/response/serialization/index.ts'
import textStream from './plugins/response/text-stream.ts'
import unreadReplies from './plugins/response/unread-responses.ts'
import methods from './plugins/routing/method-not-allowed.ts'
import openapi from './plugins/routing/openapi/index.ts'
import { syncHook } from './plugins/sync-hook.ts'
import { registerRoutes } from './register-routes.ts'
import { openStore } from './store/index.ts'
import { type Store, StoreUnavailable } from './store/store.ts'
import { watchStore } from './store/watch.ts'
import { createUpstreams, mappingTables } from './upstreams/index.ts'
import { createTransport, loadProxy, type TransportOptions } from './upstreams/transport/index.ts'

declare module 'fastify' {
  interface FastifyInstance {
    gateway: Gateway
    /** How the last operation on the store ended. */
    isStoreUp(): boolean
    /** Takes the tenants and clients of a configuration in place of those before; requests on their way end as they began. */
    reload(config: Pick<Config, 'tenants'>): void
    /** Logs and counts a failure of work that nobody awaits. */
    reportFailure(error: unknown): void
  }
}

export interface Overrides {
  now?: () => Date
  /** Scatters retries and pauses. */
  random?: () => number
  /** Other limits for calls upstream than those of their class. */
  adjustLimits?: TransportOptions['adjustLimits']
  /** Another bound for connections upstream. */
  connectTimeoutMs?: number
  logger?: FastifyServerOptions['logger']
  /** Where log lines go, unless `logger` says more. */
  log?: Pick<LogWriter, 'write' | 'droppedLines'>
  timeouts?: Partial<Timeouts>
  connections?: { maxConnections?: number }
  shedding?: SheddingOptions
  stopping?: StoppingOptions
}

/** The composition root: everything is made and joined here, and nowhere else. */
export const buildApp = async (config: Config, overrides: Overrides = {}): Promise<FastifyInstance> => {
  const now = overrides.now ?? (() => new Date())
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
    // While it closes, what still arrives on an open connection is answered as ever.
    return503OnClosing: false,
    routerOptions,
    // The framework's own are not even loaded: the plugins `validation` and `serialization` bring others.
    schemaController: { compilersFactory: { buildValidator: rejectCompile, buildSerializer: rejectCompile } },
    clientErrorHandler: handleClientError,
    frameworkErrors: handleFrameworkError,
  })

  for (const component of components) app.addSchema(component)
  const rawStore = openConfiguredStore(config.storeUrl, () => now().getTime())
  const { random = Math.random, adjustLimits, connectTimeoutMs } = overrides
  const telemetry = await createTelemetry({ tracesUrl: config.tracesUrl })
  const { observer, cacheObserver } = telemetry
  const { store, isUp } = watchStore(rawStore, {
    onFailure: telemetry.metrics.recordStoreFailure,
    onUnavailable: (err) => app.log.warn({ err }, 'FOYER_STORE_URL: the store cannot be reached'),
    onRecovery: () => app.log.info('FOYER_STORE_URL: the store can be reached again'),
  })
  app.decorate('isStoreUp', isUp)
  app.decorate('reportFailure', (error: unknown) => {
    app.log.error({ err: error }, 'a background task failed')
    telemetry.metrics.recordBackgroundFailure()
  })
  // A connection that cannot be accepted, for want of descriptors: without a listener it would end the process.
  app.addHook('onListen', async () => {
    app.server.on('error', (error) => app.reportFailure(error))
  })
  const { maxReplicas } = config
  const proxy = config.proxy && (await loadProxy(config.proxy))
  // Tests set one clock, and with it the other.
  const monotonic = overrides.now ? undefined : () => performance.now()
  const transportOptions = {
    proxy,
    ...(adjustLimits && { adjustLimits }),
    ...(connectTimeoutMs && { connectTimeoutMs }),
    ...(monotonic && { monotonic }),
  }
  const transport = createTransport({ ledger: store, maxReplicas, now, random, observer, ...transportOptions })
  const upstreams = createUpstreams(config.tenants, transport, now)
  const { signer, sealer } = await loadKeys(config.storeKeys, store)
  const callbackUrl = `${getOwnUrl(config)}/connections/callback`
  const { tenants, spacioPaging, feed } = config
  const gateway = createGateway({
    tenants,
    upstreams,
    spacioPaging,
    store,
    signer,
    sealer,
    callbackUrl,
    feed,
    cacheObserver,
    reportFailure: (error) => app.reportFailure(error),
    now,
  })
  app.decorate('gateway', gateway)
  app.addHook('preClose', async () => gateway.feed.close())
  // A rotated token that came but was not kept would be lost.
  app.addHook('preClose', async () => gateway.connections.settle())
  app.addHook('onClose', store.close)
  app.addHook('onClose', transport.close)
  await app.register(route)
  await app.register(publicPath, { publicUrl: config.publicUrl })
  app.addHook(
    'onRequest',
    syncHook((request, reply) => {
      reply.header('x-request-id', request.id)
    }),
  )
  await app.register(telemetryHooks, {
    telemetry,
    tenants: () => upstreams.listTenantIds().map((tenant) => ({ tenant, upstreams: upstreams.getStatus(tenant) })),
    droppedLogLines: overrides.log?.droppedLines ?? (() => 0),
    host: config.host,
    port: config.metricsPort,
  })
  await app.register(securityHeaders, { publicUrl: config.publicUrl })
  await app.register(connectionLimits, { ...overrides.connections, trustedProxies: config.trustedProxies })
  await app.register(guards)
  if (config.authentication === 'off') await app.register(localOnly, { origins: config.corsOrigins })
  await app.register(requestLog)
  await app.register(stopping, overrides.stopping ?? {})
  await app.register(bodies)
  await app.register(cors, { origins: config.corsOrigins })
  await app.register(rateLimitByAddress, { limit: config.rateLimit, now })
  await app.register(problemReplies)
  await app.register(serialization)
  await app.register(authentication, { mode: config.authentication, tenants, jwt: config.jwt, now })
  await app.register(rateLimitByClient, { limit: config.rateLimit, budgetShare: config.clientBudgetShare, now })
  await app.register(shedding, overrides.shedding ?? {})
  await app.register(authorization)
  await app.register(validation)
  await app.register(negotiation)
  await app.register(methods)
  await app.register(openReplies, { now })
  await app.register(calls)
  await app.register(caching)
  await app.register(preconditions)
  const { unreadMs } = { ...defaultTimeouts, ...overrides.timeouts }
  await app.register(unreadReplies, { unreadMs })
  await app.register(textStream, { unreadMs })
  await app.register(eventStream, { stallTimeoutMs: unreadMs })
  await app.register(leadEvents)
  await app.register(links, { publicUrl: config.publicUrl })
  await app.register(openapi, { mappings: mappingTables, demoKey: config.demoKey })
  await registerRoutes(app)
  await app.register(mcp, { isEnabled: config.mcp, origins: config.corsOrigins })
  app.registerMethodGuards()
  app.decorate('reload', ({ tenants }: Pick<Config, 'tenants'>) => {
    gateway.configure(tenants)
    app.configureClients(tenants)
    app.recheckReplies()
  })
  return app
}

const rejectCompile = (): never => {
  throw new TypeError('a schema would be compiled by other rules than ours')
}

/** What a browser calls this gateway; without a public URL one on this machine or network. */
const getOwnUrl = ({ publicUrl, host, port }: Config): string => {
  const isWildcard = host === '0.0.0.0' || host === '::'
  const name = isWildcard ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return publicUrl ?? `http://${name}:${port}`
}

const openConfiguredStore = (url: string, now: () => number): Store => {
  try {
    return openStore(url, now)
  } catch (error) {
    throw new ConfigError(`FOYER_STORE_URL: ${(error as Error).message}`)
  }
}

const loadKeys = async (configured: readonly string[], store: Store) => {
  try {
    return { signer: await loadSigner(configured, store), sealer: await loadSealer(configured, store) }
  } catch (error) {
    await store.close().catch(() => {})
    if (!(error instanceof StoreUnavailable)) throw error
    throw new ConfigError(`FOYER_STORE_URL: ${error.message}; it is to keep the keys, as there is no FOYER_STORE_KEY`)
  }
}
