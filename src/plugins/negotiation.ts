import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import Negotiator from 'negotiator'
import { Problem } from '#src/problems.ts'

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

const maxUrlLength = 4096

const json = ['application/json']

/** Refuses what cannot be answered before any work is done: an over-long URL, or only media types we lack. */
export default fp(
  async (app) => {
    app.decorateRequest('preferredType', function (this: FastifyRequest) {
      return chosenType(this) ?? this.routeOptions.config.produces?.[0] ?? 'application/json'
    })
    app.addHook('onRequest', async (request) => {
      if ((request.raw.url?.length ?? 0) > maxUrlLength) {
        throw new Problem('invalid-request', { detail: `The URL is longer than ${maxUrlLength} characters.` })
      }
      if (request.routeOptions.schema?.hide || !request.headers.accept?.trim()) return
      // A format that the query names wins over what the headers would like.
      if ('format' in (request.query as object)) return
      if (chosenType(request) === undefined) throw new Problem('not-acceptable')
    })
  },
  { name: 'negotiation' },
)

const chosenType = (request: FastifyRequest): string | undefined => {
  const { produces = json } = request.routeOptions.config
  const offered = new Map(produces.map((type) => [`${type}; charset=utf-8`, type]))
  const [best] = new Negotiator(request.raw).mediaTypes([...offered.keys()])
  return best === undefined ? undefined : offered.get(best)
}
