import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ref } from '#schemas/fields.ts'
import { OpenHouseList } from '#schemas/lists.ts'
import { include, paging, params, query, sid } from '#schemas/parameters.ts'

const routes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '',
    {
      config: {
        scope: 'properties:read',
        upstreams: ['spacio'],
        problems: ['unknown-property'],
        browserCache: 'revalidate',
      },
      schema: {
        operationId: 'listPropertyOpenHouses',
        tags: ['Properties'],
        summary: 'List the open houses of a property',
        description: 'Lists the open-house sessions of a property, newest first.',
        params: params({ sid }),
        querystring: query({ ...paging, ...include }),
        response: { 200: ref(OpenHouseList) },
      },
    },
    async (request, reply) => {
      const page = await app.gateway.properties.openHouses(request.params.sid, request.query, request.requestContext)
      return reply.sendPage(page)
    },
  )
}

export default routes
