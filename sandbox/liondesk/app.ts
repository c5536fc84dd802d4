import { BadRequest, NotAuthenticated, NotFound } from '@feathersjs/errors'
import { feathers } from '@feathersjs/feathers'
import { koa, type Middleware, rest } from '@feathersjs/koa'
import type { MemoryService } from '@feathersjs/memory'
import type { Exchange, Reply } from '../http/types.ts'
import { createJsonReply } from '../http/types.ts'
import type { CrmRecord, EventProperty, World } from '../world/types.ts'
import type { Crm } from './crm.ts'
import { createFailureReply } from './failures.ts'
import { createAuthenticate, createHooks, parseBearer } from './hooks.ts'
import { authorize, exchangeToken } from './oauth.ts'
import type { Records } from './records.ts'
import type { LionDeskSettings } from './settings.ts'
import type { LionDeskTokens } from './tokens.ts'

interface AppParts {
  world: World
  tokens: LionDeskTokens
  records: Records
  crm: Crm
  settings(): Readonly<LionDeskSettings>
}

const servicePath = 'events/:eventId/properties'

interface Services {
  [servicePath]: MemoryService<EventProperty>
  contacts: MemoryService<CrmRecord>
  events: MemoryService<CrmRecord>
}

export const readJson = ({ request, body }: Exchange): unknown => {
  if (body.length === 0 || !(request.headers['content-type'] ?? '').includes('json')) return {}
  try {
    return JSON.parse(body.toString())
  } catch {
    return undefined
  }
}

const toHeaderRecord = (headers: object): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))

/** Creates a Feathers application that returns its replies instead of sending them, so that faults can modify them. */
export async function createLionDeskApp({ world, tokens, records, crm, settings }: AppParts) {
  const waiting = new WeakMap<object, { exchange: Exchange; deliver(reply: Reply): void }>()
  const app = koa(feathers<Services>())
  app.silent = true

  const showUser = (authorization: unknown): Reply => {
    const userId = tokens.findUser(parseBearer(authorization))
    const user = world.users.find(({ id }) => id === userId)
    return user === undefined
      ? createFailureReply(new NotAuthenticated('Invalid access token'))
      : createJsonReply(200, user)
  }

  const answerOAuth = ({ method, path, query, request }: Exchange, body: unknown): Reply | undefined => {
    switch (`${method} ${path}`) {
      case 'GET /oauth2/authorize':
        return authorize(query, tokens)
      case 'POST /oauth2/token':
        return exchangeToken(body, tokens)
      case 'GET /me':
        return showUser(request.headers.authorization)
      default:
        return undefined
    }
  }

  const bridge: Middleware = async (context, next) => {
    const turn = waiting.get(context.req)
    if (turn === undefined) throw new Error('A request came past the sandbox')
    context.respond = false
    try {
      const body = readJson(turn.exchange)
      if (body === undefined) throw new BadRequest('The body is not JSON')
      const early = answerOAuth(turn.exchange, body)
      if (early !== undefined) return turn.deliver(early)
      Object.assign(context.request, { body })
      await next()
      if (context.lookup === undefined) throw new NotFound(`Path ${turn.exchange.path} not found`)
      turn.deliver({
        status: context.status,
        headers: toHeaderRecord(context.response.headers),
        body: JSON.stringify(context.body),
      })
    } catch (error) {
      turn.deliver(createFailureReply(error))
    }
  }

  app.use(bridge)
  app.configure(rest())
  app.use(servicePath, records.service)
  app.service(servicePath).hooks(createHooks({ world, tokens, records, settings }))
  for (const name of ['contacts', 'events'] as const) {
    const { service, hooks } = crm[name]
    app.use(name, service, { methods: ['find', 'get'] })
    app.service(name).hooks({ around: { all: [createAuthenticate(tokens), ...hooks] } })
  }
  await app.setup()
  const dispatch = app.callback()

  return (exchange: Exchange): Promise<Reply> =>
    new Promise((deliver) => {
      waiting.set(exchange.request, { exchange, deliver })
      dispatch(exchange.request, exchange.response)
    })
}
