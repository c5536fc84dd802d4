import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ref } from '#schemas/fields.ts'
import { HostedOpenHouseList } from '#schemas/lists.ts'
import { brokerageId, dayWindow, include, paging, params, query } from '#schemas/parameters.ts'

const routes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '',
    {
      config: {
        scope: 'brokerages:read',
        upstreams: ['spacio'],
        problems: ['unknown-brokerage'],
        browserCache: 'revalidate',
      },
      schema: {
        operationId: 'listBrokerageOpenHouses',
        tags: ['Brokerages'],
        summary: 'List the open houses of a brokerage',
        description:
          'Lists the open houses that the agents of a brokerage hosted, newest first, with the number of leads. The default window is the last 30 days.',
        params: params({ brokerageId }),
        querystring: query({ ...dayWindow, ...paging, ...include }),
        response: { 200: ref(HostedOpenHouseList) },
      },
    },
    async (request, reply) => {
      const page = await app.gateway.brokerages.listOpenHouses(
        request.params.brokerageId,
        request.query,
        request.requestContext,
      )
      return reply.sendPage(page)
    },
  )
}

export default routes
