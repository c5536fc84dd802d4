import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ref } from '#schemas/fields.ts'
import { PropertyList } from '#schemas/lists.ts'
import { agent, include, paging, params, query } from '#schemas/parameters.ts'

const routes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '',
    {
      config: {
        scope: 'properties:read',
        upstreams: ['spacio'],
        problems: ['unknown-agent'],
        browserCache: 'revalidate',
      },
      schema: {
        operationId: 'listAgentProperties',
        tags: ['Properties'],
        summary: 'List the properties of an agent',
        description: 'Lists all properties of an agent. Identify the agent by e-mail address or ukey.',
        params: params({ agent }),
        querystring: query({ ...paging, ...include }),
        response: { 200: ref(PropertyList) },
      },
    },
    async (request, reply) => {
      const page = await app.gateway.properties.listByAgent(request.params.agent, request.query, request.requestContext)
      return reply.sendPage(page)
    },
  )
}

export default routes
