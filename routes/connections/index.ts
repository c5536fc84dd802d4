import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Connections, NewConnection, StartedConnection } from '#schemas/connection.ts'
import { ref } from '#schemas/fields.ts'

const startDescription = `
Starts to connect a LionDesk account. Send the user’s browser to \`authorizeUrl\`. The user gives consent there and returns to
this gateway; the connection then works. With \`reauthorize\`, the user connects an existing connection again, which keeps its
id. The response is 409 if the operator has configured no LionDesk application.
`.trim()

const routes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '',
    {
      config: { scope: 'connections:manage', problems: ['upstream-unavailable'] },
      schema: {
        operationId: 'listConnections',
        tags: ['Connections'],
        summary: 'List your LionDesk connections',
        description:
          'Lists the connections that you created and those for which you have a grant, including configured ones.',
        response: { 200: ref(Connections) },
      },
    },
    async ({ requestContext }) => ({ data: await app.gateway.connections.list(requestContext.caller) }),
  )

  app.post(
    '',
    {
      config: { scope: 'connections:manage', problems: ['conflict', 'unprocessable', 'upstream-unavailable'] },
      schema: {
        operationId: 'startConnection',
        tags: ['Connections'],
        summary: 'Connect a LionDesk account',
        description: startDescription,
        body: ref(NewConnection),
        response: { 201: ref(StartedConnection) },
      },
    },
    async ({ body, requestContext }, reply) => {
      const connection = await app.gateway.connections.start(requestContext.caller, body?.reauthorize)
      return reply.setCreated(`/connections/${connection.id}`).send(connection)
    },
  )
}

export default routes
