import { randomUUID } from 'node:crypto'
import autoload from '@fastify/autoload'
import Fastify, { type FastifyInstance, type FastifyServerOptions, LogController } from 'fastify'
import { components } from '#schemas/components.ts'
import { type Config, ConfigError } from './config.ts'
import { createGateway, type Gateway } from './gateway/index.ts'
import { signerFrom } from './gateway/signing.ts'
import authentication from './plugins/authentication.ts'
import bodies from './plugins/bodies.ts'
import calls from './plugins/calls.ts'
import cors from './plugins/cors.ts'
import eventStream from './plugins/event-stream.ts'
import leadEvents from './plugins/lead-events.ts'
import links from './plugins/links.ts'
import methods from './plugins/methods.ts'
import negotiation from './plugins/negotiation.ts'
import openapi from './plugins/openapi/index.ts'
import problemReplies, { answerMalformed, problemOf, sendProblem } from './plugins/problem-replies.ts'
import requestLog, { loggerOptions } from './plugins/request-log.ts'
import validation from './plugins/validation.ts'
import { openStore } from './store/index.ts'
import type { Store } from './store/port.ts'
import { createUpstreams, mappingTables } from './upstreams/index.ts'
import { createTransport } from './upstreams/transport/index.ts'

declare module 'fastify' {
  interface FastifyInstance {
    gateway: Gateway
  }
}

export interface Overrides {
  now?: () => Date
  logger?: FastifyServerOptions['logger']
}

/** The composition root: everything is made and joined here, and nowhere else. */
export const buildApp = async (config: Config, overrides: Overrides = {}): Promise<FastifyInstance> => {
  const now = overrides.now ?? (() => new Date())
  const transport = createTransport()
  const app = Fastify({
    logger: overrides.logger ?? loggerOptions(config.logLevel),
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    bodyLimit: 16 * 1024,
    requestTimeout: 15_000,
    http: { maxHeaderSize: 16 * 1024 },
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 300 },
    clientErrorHandler: answerMalformed,
    frameworkErrors: (error, _request, reply) => sendProblem(reply, problemOf(error)),
  })

  for (const component of components) app.addSchema(component)
  const upstreams = createUpstreams(config.tenants, transport, now)
  const store = openConfiguredStore(config.storeUrl, () => now().getTime())
  const signer = await signerFrom(config.storeKeys, store)
  const { spacioPaging, feed } = config
  const gateway = createGateway({ upstreams, spacioPaging, store, signer, feed, now })
  app.decorate('gateway', gateway)
  app.addHook('preClose', async () => gateway.feed.close())
  app.addHook('onClose', store.close)
  app.addHook('onClose', transport.close)
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  await app.register(requestLog)
  await app.register(bodies)
  await app.register(cors, { origins: config.corsOrigins })
  await app.register(problemReplies)
  await app.register(negotiation)
  await app.register(authentication)
  await app.register(validation)
  await app.register(methods)
  await app.register(calls)
  await app.register(eventStream)
  await app.register(leadEvents)
  await app.register(links, { publicUrl: config.publicUrl })
  await app.register(openapi, { mappings: mappingTables })
  await app.register(autoload, { dir: `${import.meta.dirname}/../routes`, routeParams: true, forceESM: true })
  app.guardMethods()
  return app
}

const openConfiguredStore = (url: string, now: () => number): Store => {
  try {
    return openStore(url, now)
  } catch (error) {
    throw new ConfigError(`FOYER_STORE_URL: ${(error as Error).message}`)
  }
}
