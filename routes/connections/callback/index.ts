import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { CompletedConnection, callbackQuery } from '#schemas/connection.ts'
import { ref } from '#schemas/fields.ts'
import { pagePolicy } from '#src/page.ts'
import { connectedPage, problemPage } from './page.ts'

const description = `
Where LionDesk sends the user’s browser back to; nobody else calls it. The single-use \`state\` guards it. Whoever accepts
\`text/html\` gets a page to read, of a problem as well; whoever does not, JSON.
`.trim()

const page = 'text/html'

const routes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '',
    {
      config: {
        scope: 'public',
        upstreams: ['liondesk'],
        produces: ['application/json', page],
        problems: ['upstream-unavailable'],
        helmet: pagePolicy,
      },
      onRequest: async (_request, reply) => {
        // The URL holds a code and a state: nothing keeps it, and nothing tells it to anybody.
        reply.headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
      },
      onSend: async (request, reply, payload) => {
        const isProblem = String(reply.getHeader('content-type')).startsWith('application/problem+json')
        if (!isProblem || reply.statusCode === 406 || request.preferredType() !== page) return payload
        reply.type(`${page}; charset=utf-8`)
        return problemPage(JSON.parse(String(payload)))
      },
      schema: {
        operationId: 'completeConnection',
        tags: ['Connections'],
        summary: 'Complete a LionDesk connection',
        description,
        querystring: callbackQuery,
        response: {
          200: {
            description: 'The account is connected.',
            content: {
              'application/json': { schema: ref(CompletedConnection) },
              'text/html': { schema: Type.String({ examples: ['<!DOCTYPE html>'] }) },
            },
          },
        },
      },
    },
    async (request, reply) => {
      // Whoever only looks whether there is something must not use up what works once.
      if (request.method === 'HEAD') return reply.send('')
      const { id } = await app.gateway.connections.complete(request.query)
      if (request.preferredType() !== page) return reply.send({ id, status: 'connected' as const })
      return reply.type(`${page}; charset=utf-8`).send(connectedPage)
    },
  )
}

export default routes
