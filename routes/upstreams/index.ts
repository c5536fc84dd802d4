import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ref } from '#schemas/fields.ts'
import { UpstreamCatalogue } from '#schemas/meta.ts'

const routes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '',
    {
      config: { scope: 'ops:read' },
      schema: {
        operationId: 'listUpstreams',
        tags: ['Gateway'],
        summary: 'Show the state of the upstreams',
        description:
          'Returns the state of each upstream, as this process has seen it: calls, failures, response times, circuit breakers, calls in progress, the hourly budget, and drift.',
        response: { 200: ref(UpstreamCatalogue) },
      },
    },
    async ({ requestContext }) => ({ data: app.gateway.upstreams(requestContext) }),
  )
}

export default routes
