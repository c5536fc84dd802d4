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
        description: 'Calls, failures, times and drift of each upstream, as this process has seen them.',
        response: { 200: ref(UpstreamCatalogue) },
      },
    },
    async () => ({ data: app.gateway.upstreams() }),
  )
}

export default routes
