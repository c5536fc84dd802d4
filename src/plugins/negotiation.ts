import fp from 'fastify-plugin'
import Negotiator from 'negotiator'
import { Problem } from '#src/problems.ts'

const maxUrlLength = 4096

/** Refuses what cannot be answered before any work is done: an over-long URL, or only media types we lack. */
export default fp(
  async (app) => {
    app.addHook('onRequest', async (request) => {
      if ((request.raw.url?.length ?? 0) > maxUrlLength) {
        throw new Problem('invalid-request', { detail: `The URL is longer than ${maxUrlLength} characters.` })
      }
      if (request.routeOptions.schema?.hide || !request.headers.accept?.trim()) return
      const chosen = new Negotiator(request.raw).mediaTypes(['application/json; charset=utf-8'])
      if (chosen.length === 0) throw new Problem('not-acceptable')
    })
  },
  { name: 'negotiation' },
)
