import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ref } from '#schemas/fields.ts'
import { include, params, query, sid } from '#schemas/parameters.ts'
import { Property } from '#schemas/property.ts'

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
        operationId: 'getProperty',
        tags: ['Properties'],
        summary: 'Get a property',
        description: 'Returns one property by its Spacio id.',
        params: params({ sid }),
        querystring: query(include),
        response: { 200: ref(Property) },
      },
    },
    (request) => app.gateway.properties.get(request.params.sid, request.requestContext),
  )
}

export default routes
