import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ref } from '#schemas/fields.ts'
import { AgentActivityList } from '#schemas/lists.ts'
import { brokerageId, dayWindow, include, paging, params, query } from '#schemas/parameters.ts'

const routes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '',
    {
      config: {
        scope: 'brokerages:read',
        upstreams: ['spacio'],
        problems: ['unknown-brokerage'],
        browserCache: 'no-store',
      },
      schema: {
        operationId: 'listBrokerageActivity',
        tags: ['Brokerages'],
        summary: 'List the activity of agents',
        description:
          'Lists the last activity of each agent of a brokerage, newest first. The default window is the last 30 days.',
        params: params({ brokerageId }),
        querystring: query({ ...dayWindow, ...paging, ...include }),
        response: { 200: ref(AgentActivityList) },
      },
    },
    async (request, reply) => {
      const page = await app.gateway.brokerages.activity(
        request.params.brokerageId,
        request.query,
        request.requestContext,
      )
      return reply.sendPage(page)
    },
  )
}

export default routes
