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
          'Of each upstream, as this process has seen it: calls, failures and times; whether it is asked at all; what is under way; what is left of the hour; and drift.',
        response: { 200: ref(UpstreamCatalogue) },
      },
    },
    async ({ call }) => ({ data: app.gateway.upstreams(call) }),
  )
}

export default routes
