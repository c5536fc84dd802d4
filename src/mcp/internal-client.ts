import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Problem, type toDocument } from '#src/problems.ts'
import type { Ask, Query } from './tool.ts'

export type ProblemDocument = ReturnType<typeof toDocument>

/** What the first door refused, as it said so. */
export interface Refusal extends Error {
  readonly document: ProblemDocument
}

export const isRefusal = (error: unknown): error is Refusal => error instanceof Error && error.name === 'Refusal'

const refusal = (document: ProblemDocument): Refusal =>
  Object.assign(new Error(document.code), { name: 'Refusal', document })

/** Who asks is all that is passed on: what else a client sends is for the door that it came through. */
const credentialsOf = ({ headers }: FastifyRequest): Record<string, string> => {
  const key = headers['x-api-key']
  const { authorization } = headers
  return {
    ...(typeof key === 'string' && { 'x-api-key': key }),
    ...(authorization !== undefined && { authorization }),
  }
}

/** Only reads can be asked for: the method is not for anybody to choose. */
export const createAsk = (app: FastifyInstance, request: FastifyRequest, signal: AbortSignal): Ask => {
  const headers = { ...credentialsOf(request), accept: 'application/json' }
  return async <Body>(path: readonly (string | number)[], query: Query = {}) => {
    const reply = await app
      .inject({
        method: 'GET',
        url: targetOf(path, query),
        headers,
        // Wrong credentials and floods are counted where they come from.
        remoteAddress: request.ip,
        signal,
      })
      .catch(toOverloaded)
    const body: unknown = reply.json()
    if (reply.statusCode !== 200) throw refusal(body as ProblemDocument)
    return body as Body
  }
}

/** The gateway closes the connection of a client that is refused all the time. Here there is none to close. */
const toOverloaded = (error: NodeJS.ErrnoException): never => {
  if (error.code === 'LIGHT_ECONNRESET') throw new Problem('overloaded', { retryAfter: 2, cause: error })
  throw error
}

/** A segment of dots would climb to another route. No schema lets one through, and here none passes either. */
const targetOf = (path: readonly (string | number)[], query: Query): string => {
  const segments = path.map((segment) => encodeURIComponent(segment))
  if (segments.some((segment) => /^\.*$/.test(segment))) throw new Problem('not-found')
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value))
  return `/${segments.join('/')}?${search}`
}
