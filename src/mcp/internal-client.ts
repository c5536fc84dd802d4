import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Problem, type toProblemDocument } from '#src/problems.ts'
import type { InternalGet, QueryParams } from './tool.ts'

export type ProblemDocument = ReturnType<typeof toProblemDocument>

/** What the first door refused, as it said so. */
export interface ProblemError extends Error {
  readonly document: ProblemDocument
}

export const isProblemError = (error: unknown): error is ProblemError =>
  error instanceof Error && error.name === 'ProblemError'

const createProblemError = (document: ProblemDocument): ProblemError =>
  Object.assign(new Error(document.code), { name: 'ProblemError', document })

/** Who asks is all that is passed on: what else a client sends is for the door that it came through. */
const readCredentials = ({ headers }: FastifyRequest): Record<string, string> => {
  const key = headers['x-api-key']
  const { authorization } = headers
  return {
    ...(typeof key === 'string' && { 'x-api-key': key }),
    ...(authorization !== undefined && { authorization }),
  }
}

/** Only reads can be asked for: the method is not for anybody to choose. */
export const createInternalGet = (app: FastifyInstance, request: FastifyRequest, signal: AbortSignal): InternalGet => {
  const headers = { ...readCredentials(request), accept: 'application/json' }
  return async <Body>(path: readonly (string | number)[], query: QueryParams = {}) => {
    const reply = await app
      .inject({
        method: 'GET',
        url: toUrl(path, query),
        headers,
        // Wrong credentials and floods are counted where they come from.
        remoteAddress: request.ip,
        signal,
      })
      .catch(toOverloaded)
    const body: unknown = reply.json()
    if (reply.statusCode !== 200) throw createProblemError(body as ProblemDocument)
    return body as Body
  }
}

/** The gateway closes the connection of a client that is refused all the time. Here there is none to close. */
const toOverloaded = (error: NodeJS.ErrnoException): never => {
  if (error.code === 'LIGHT_ECONNRESET') throw new Problem('overloaded', { retryAfter: 2, cause: error })
  throw error
}

/** A segment of dots would climb to another route. No schema lets one through, and here none passes either. */
const toUrl = (path: readonly (string | number)[], query: QueryParams): string => {
  const segments = path.map((segment) => encodeURIComponent(segment))
  if (segments.some((segment) => /^\.*$/.test(segment))) throw new Problem('not-found')
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value))
  return `/${segments.join('/')}?${search}`
}
