import type { IncomingHttpHeaders } from 'node:http'
import { NotAuthenticated, TooManyRequests } from '@feathersjs/errors'
import type { Description, Exchange, Reply, SimulatedError, Upstream } from '../http/types.ts'
import { createHtmlReply } from '../http/types.ts'
import { readJson } from './app.ts'
import { createFailure, createFailureReply } from './failures.ts'
import { createOAuthError } from './oauth.ts'
import type { LionDeskSettings } from './settings.ts'

const methodNames: Record<string, string> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'remove' }

/** The operations that faults can name. */
export const operations = [
  ...['find', 'get', ...Object.values(methodNames)],
  ...['findContacts', 'getContact', 'findEvents', 'getEvent'],
  ...['authorize', 'token', 'token/authorization_code', 'token/refresh_token', 'me'],
]

/** Names the operation as Feathers reads the request, including its method-override header. */
function getOperation({ method, path, request }: Exchange): string {
  const [first, second, third, id] = path.split('/').filter((part) => part !== '')
  if (first === 'me') return 'me'
  if (first === 'oauth2') return second === 'token' || second === 'authorize' ? second : 'unknown'
  if (method === 'GET' && first === 'contacts') return second === undefined ? 'findContacts' : 'getContact'
  if (method === 'GET' && first === 'events' && third === undefined)
    return second === undefined ? 'findEvents' : 'getEvent'
  if (first !== 'events' || third !== 'properties') return 'unknown'
  const override = request.headers['x-service-method']
  if (method === 'POST' && typeof override === 'string') return override
  return methodNames[method] ?? (id === undefined ? 'find' : 'get')
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

function describe(exchange: Exchange): Description {
  const operation = getOperation(exchange)
  const body = exchange.body.length === 0 ? undefined : (readJson(exchange) ?? exchange.body.toString())
  const grant = operation === 'token' && isRecord(body) ? [`token/${String(body.grant_type)}`] : []
  return { operation, aliases: grant, ...(body === undefined ? {} : { body }) }
}

function createTokenError(refusal: SimulatedError): Reply {
  if (refusal.kind === 'rate-reached') return createOAuthError(429, 'temporarily_unavailable', 'Too many requests')
  if (refusal.kind === 'unauthorized') return createOAuthError(401, 'invalid_client', 'Client credentials are invalid')
  return createOAuthError(400, refusal.code, 'Made by a fault switch')
}

function refuse(refusal: SimulatedError, { operation }: Description): Reply {
  if (operation === 'token') return createTokenError(refusal)
  if (refusal.kind === 'unauthorized') return createFailureReply(new NotAuthenticated('Invalid access token'))
  if (refusal.kind === 'rate-reached') return createFailureReply(new TooManyRequests('Too many requests'))
  return createFailureReply(createFailure(refusal.code))
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
    return asHtml ? createHtmlReply(reply.status, `Error ${reply.status}`) : reply
  }
  return { describe: async (exchange) => describe(exchange), answer, refuse }
}
