import type { IncomingHttpHeaders } from 'node:http'
import { NotAuthenticated, TooManyRequests } from '@feathersjs/errors'
import type { Description, Exchange, Refusal, Reply, Upstream } from '../http/types.ts'
import { htmlReply } from '../http/types.ts'
import { readJson } from './app.ts'
import { failureByCode, failureReply } from './failures.ts'
import { oauthError } from './oauth.ts'
import type { LionDeskSettings } from './settings.ts'

const methodNames: Record<string, string> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'remove' }

/** What a fault can name. */
export const operations = [
  ...['find', 'get', ...Object.values(methodNames)],
  ...['authorize', 'token', 'token/authorization_code', 'token/refresh_token', 'me'],
]

/** Named as Feathers will read the request, its method-changing header included. */
function operationOf({ method, path, request }: Exchange): string {
  const [first, second, third, id] = path.split('/').filter((part) => part !== '')
  if (first === 'me') return 'me'
  if (first === 'oauth2') return second === 'token' || second === 'authorize' ? second : 'unknown'
  if (first !== 'events' || third !== 'properties') return 'unknown'
  const override = request.headers['x-service-method']
  if (method === 'POST' && typeof override === 'string') return override
  return methodNames[method] ?? (id === undefined ? 'find' : 'get')
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

function describe(exchange: Exchange): Description {
  const operation = operationOf(exchange)
  const body = exchange.body.length === 0 ? undefined : (readJson(exchange) ?? exchange.body.toString())
  const grant = operation === 'token' && isRecord(body) ? [`token/${String(body.grant_type)}`] : []
  return { operation, aliases: grant, ...(body === undefined ? {} : { body }) }
}

function refuseToken(refusal: Refusal): Reply {
  if (refusal.kind === 'rate-reached') return oauthError(429, 'temporarily_unavailable', 'Too many requests')
  if (refusal.kind === 'unauthorized') return oauthError(401, 'invalid_client', 'Client credentials are invalid')
  return oauthError(400, refusal.code, 'Made by a fault switch')
}

function refuse(refusal: Refusal, { operation }: Description): Reply {
  if (operation === 'token') return refuseToken(refusal)
  if (refusal.kind === 'unauthorized') return failureReply(new NotAuthenticated('Invalid access token'))
  if (refusal.kind === 'rate-reached') return failureReply(new TooManyRequests('Too many requests'))
  return failureReply(failureByCode(refusal.code))
}

const wantsJson = ({ accept = '', 'content-type': type = '' }: IncomingHttpHeaders): boolean =>
  accept.includes('json') || type.includes('json')

export function createLionDeskUpstream(
  answerInJson: (exchange: Exchange) => Promise<Reply>,
  settings: () => Readonly<LionDeskSettings>,
): Upstream {
  const answer = async (exchange: Exchange): Promise<Reply> => {
    const reply = await answerInJson(exchange)
    const asHtml = settings().htmlErrors && reply.status >= 400 && !wantsJson(exchange.request.headers)
    return asHtml ? htmlReply(reply.status, `Error ${reply.status}`) : reply
  }
  return { describe: async (exchange) => describe(exchange), answer, refuse }
}
