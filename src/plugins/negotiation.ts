import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import Negotiator from 'negotiator'
import { Problem } from '#src/problems.ts'
import { atOnce } from './at-once.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Media types that the route answers in, the default one first. Without it: JSON. */
    produces?: readonly string[]
  }
  interface FastifyRequest {
    /** The media type, of those that the route produces, that the client likes best. */
    preferredType(): string
  }
}

const json = ['application/json']

/** Refuses, before any work is done, what only takes media types that we lack. */
export default fp(
  async (app) => {
    app.decorateRequest('preferredType', function (this: FastifyRequest) {
      return chosenType(this) ?? this.route.config.produces?.[0] ?? 'application/json'
    })
    app.addHook(
      'onRequest',
      atOnce((request) => {
        if (request.route.schema?.hide || !request.headers.accept?.trim()) return
        // A format that the query names wins over what the headers would like.
        if ('format' in (request.query as object)) return
        if (chosenType(request) === undefined) throw new Problem('not-acceptable')
      }),
    )
  },
  { name: 'negotiation' },
)

const chosenType = (request: FastifyRequest): string | undefined => {
  const { produces = json } = request.route.config
  const offered = new Map(produces.map((type) => [`${type}; charset=utf-8`, type]))
  const [best] = new Negotiator(request.raw).mediaTypes([...offered.keys()])
  return best === undefined ? undefined : offered.get(best)
}
