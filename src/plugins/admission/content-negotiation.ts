import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import Negotiator from 'negotiator'
import { Problem } from '#src/problems.ts'
import { syncHook } from '../sync-hook.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Media types that the route produces, the default type first. Default: JSON. */
    produces?: readonly string[]
  }
  interface FastifyRequest {
    /** Returns the route's media type that the client prefers. */
    getPreferredType(): string
  }
}

const jsonTypes = ['application/json']

/**
 * Answers 406 to a client that accepts none of the route's media types, before any work is done. It comes after
 * authentication, scope and validation: a 406 must not hide a 401, 403 or 400.
 */
export default fp(
  async (app) => {
    app.decorateRequest('getPreferredType', function (this: FastifyRequest) {
      return negotiateType(this) ?? this.route.config.produces?.[0] ?? 'application/json'
    })
    app.addHook(
      'onRequest',
      syncHook(({ route }, reply) => {
        if ((route.config.produces?.length ?? 0) < 2) return
        reply.header('vary', [reply.getHeader('vary') ?? [], 'Accept'].flat().join(', '))
      }),
    )
    app.addHook(
      'preHandler',
      syncHook((request) => {
        const { config, schema } = request.route
        if ((schema?.hide && !config.produces) || !request.headers.accept?.trim()) return
        // An explicit `format` parameter takes precedence over `Accept`.
        if ('format' in (request.query as object)) return
        if (negotiateType(request) === undefined && !acceptsProblems(request)) throw createTypeProblem(config.produces)
      }),
    )
  },
  { name: 'content-negotiation', dependencies: ['request-state', 'authorization'] },
)

const createNegotiator = ({ headers: { accept } }: FastifyRequest): Negotiator =>
  new Negotiator({ headers: accept === undefined ? {} : { accept: simplifyAccept(accept) } })

const negotiateType = (request: FastifyRequest): string | undefined => {
  const { produces = jsonTypes } = request.route.config
  return createNegotiator(request).mediaTypes([...produces])[0]
}

const createTypeProblem = (produces: readonly string[] = jsonTypes): Problem => {
  const types = produces.length === 1 ? produces[0] : `one of ${produces.join(', ')}`
  return new Problem('not-acceptable', { detail: `\`Accept\` must allow ${types}.` })
}

/** For an operation without a response body, generated clients name only the type of problems. */
const acceptsProblems = (request: FastifyRequest): boolean =>
  createNegotiator(request).mediaTypes().includes('application/problem+json')

/** Removes the parameters of media types, except the weight. Java clients send a lone `*`, which means any type. */
const simplifyAccept = (accept: string): string =>
  accept.replace(parameterPattern, '').replace(/(^|,)(\s*)\*(?=\s*(?:[,;]|$))/g, '$1$2*/*')

const parameterPattern = /;\s*(?!q\s*=)[^\s;,="]+\s*(?:=\s*(?:"[^"]*"|[^\s;,"]*))?/gi
