import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { id, params } from '#schemas/parameters.ts'

const routes: FastifyPluginAsyncTypebox = async (app) => {
  app.delete(
    '',
    {
      config: { scope: 'connections:manage', problems: ['not-found', 'conflict', 'upstream-unavailable'] },
      schema: {
        operationId: 'removeConnection',
        tags: ['Connections'],
        summary: 'Remove a LionDesk connection',
        description:
          'Deletes the tokens of the connection permanently. Within seconds, no replica uses it any more. The response is 409 if the connection is part of the configuration.',
        params: params({ id: id('connection', 'c5f1e0d2b7a94c6380e1d2f3a') }),
        response: { 204: Type.Null({ description: 'Removed.' }) },
      },
    },
    async ({ params, requestContext }, reply) => {
      await app.gateway.connections.remove(requestContext.caller, params.id)
      return reply.code(204).send(null)
    },
  )
}

export default routes
