import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Connections, NewConnection, StartedConnection } from '#schemas/connection.ts'
import { ref } from '#schemas/fields.ts'

const starting = `
Begins to connect a LionDesk account: send the user’s browser to \`authorizeUrl\`. There he consents, and comes back to
this gateway; from then on the connection works. With \`reauthorize\` an existing connection is connected anew and keeps
its id. 409 where the operator has configured no LionDesk application.
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
        description: 'Those that you began, those granted to you, and of these also the ones that are configured.',
        response: { 200: ref(Connections) },
      },
    },
    async ({ call }) => ({ data: await app.gateway.connections.list(call.caller) }),
  )

  app.post(
    '',
    {
      config: { scope: 'connections:manage', problems: ['conflict', 'unprocessable', 'upstream-unavailable'] },
      schema: {
        operationId: 'startConnection',
        tags: ['Connections'],
        summary: 'Connect a LionDesk account',
        description: starting,
        body: ref(NewConnection),
        response: { 201: ref(StartedConnection) },
      },
    },
    async ({ body, call }, reply) => {
      const started = await app.gateway.connections.start(call.caller, body?.reauthorize)
      return reply.created(`/connections/${started.id}`).send(started)
    },
  )
}

export default routes
