import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Problem, type toProblemDocument } from '#src/problems.ts'
import type { InternalGet, QueryParams } from './tool.ts'

export type ProblemDocument = ReturnType<typeof toProblemDocument>

/** Carries the problem document of a failed internal request. */
interface ProblemError extends Error {
  readonly document: ProblemDocument
}

export const isProblemError = (error: unknown): error is ProblemError =>
  error instanceof Error && error.name === 'ProblemError'

const createProblemError = (document: ProblemDocument): ProblemError =>
  Object.assign(new Error(document.code), { name: 'ProblemError', document })

/** Passes on only the credentials; other headers do not apply to the internal request. */
const readCredentials = ({ headers }: FastifyRequest): Record<string, string> => {
  const key = headers['x-api-key']
  const { authorization } = headers
  return {
    ...(typeof key === 'string' && { 'x-api-key': key }),
    ...(authorization !== undefined && { authorization }),
  }
}

/**
 * Creates a function for internal GET requests with the caller's credentials. It supports only GET, so a tool can never
 * write.
 */
export const createInternalGet = (app: FastifyInstance, request: FastifyRequest, signal: AbortSignal): InternalGet => {
  const headers = { ...readCredentials(request), accept: 'application/json' }
  return async <Body>(path: readonly (string | number)[], query: QueryParams = {}) => {
    const reply = await app
      .inject({
        method: 'GET',
        url: toUrl(path, query),
        headers,
        // Limits by network must count the address of the client.
        remoteAddress: request.ip,
        signal,
      })
      .catch(toOverloaded)
    const body: unknown = reply.json()
    if (reply.statusCode !== 200) throw createProblemError(body as ProblemDocument)
    return body as Body
  }
}

/** Load shedding closes the connection of a client that retries in a loop. An internal request has no connection. */
const toOverloaded = (error: NodeJS.ErrnoException): never => {
  if (error.code === 'LIGHT_ECONNRESET') throw new Problem('overloaded', { retryAfter: 2, cause: error })
  throw error
}

/** Rejects dot segments, which would lead to another route. The schemas reject them too. */
const toUrl = (path: readonly (string | number)[], query: QueryParams): string => {
  const segments = path.map((segment) => encodeURIComponent(segment))
  if (segments.some((segment) => /^\.*$/.test(segment))) throw new Problem('not-found')
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value))
  return `/${segments.join('/')}?${search}`
}
