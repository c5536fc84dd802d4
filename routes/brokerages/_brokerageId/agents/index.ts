import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ref } from '#schemas/fields.ts'
import { ClaimedAgentList } from '#schemas/lists.ts'
import { brokerageId, include, paging, params, query } from '#schemas/parameters.ts'

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
        operationId: 'listBrokerageAgents',
        tags: ['Brokerages'],
        summary: 'List the agents of a brokerage',
        description: 'Lists the agents who have claimed their account.',
        params: params({ brokerageId }),
        querystring: query({ ...paging, ...include }),
        response: { 200: ref(ClaimedAgentList) },
      },
    },
    async (request, reply) => {
      const page = await app.gateway.brokerages.agents(
        request.params.brokerageId,
        request.query,
        request.requestContext,
      )
      return reply.sendPage(page)
    },
  )
}

export default routes
