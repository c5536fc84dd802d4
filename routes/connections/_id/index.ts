import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { Connection } from '#schemas/connection.ts'
import { ref } from '#schemas/fields.ts'
import { id, params } from '#schemas/parameters.ts'

const connectionParams = params({ id: id('connection', 'c5f1e0d2b7a94c6380e1d2f3a') })

const routes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '',
    {
      config: { scope: 'connections:manage', problems: ['not-found', 'upstream-unavailable'] },
      schema: {
        operationId: 'getConnection',
        tags: ['Connections'],
        summary: 'Get a LionDesk connection',
        description:
          'Returns one of your connections, or a configured one for which you have a grant. After `startConnection`, read it until its status is `connected`.',
        params: connectionParams,
        response: { 200: ref(Connection) },
      },
    },
    ({ params, requestContext }) => app.gateway.connections.get(requestContext.caller, params.id),
  )

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
        params: connectionParams,
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
