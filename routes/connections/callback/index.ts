import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { CompletedConnection, callbackQuery } from '#schemas/connection.ts'
import { ref } from '#schemas/fields.ts'
import { formPolicy } from '#src/lib/html-page.ts'
import { createParameterProblem } from '#src/problems.ts'
import { connectedPage, renderConfirmationPage, renderProblemPage } from './page.ts'

const description = `
LionDesk redirects the user’s browser to this route; no client calls it. The single-use \`state\` protects it. The first page
asks the user to confirm which client gets the account. Its form repeats the request with \`confirm\`, and only then does the
gateway connect the account. A browser that accepts \`text/html\` gets HTML pages, also for problems; other callers get JSON.
`.trim()

const htmlType = 'text/html'

const routes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '',
    {
      config: {
        scope: 'public',
        upstreams: ['liondesk'],
        produces: ['application/json', htmlType],
        problems: ['upstream-unavailable'],
        hasProblemPages: true,
        helmet: formPolicy,
      },
      onRequest: async (_request, reply) => {
        // The URL contains a code and a state, which must not be cached or sent as a referrer.
        reply.headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
      },
      onSend: async (request, reply, payload) => {
        const isProblem = String(reply.getHeader('content-type')).startsWith('application/problem+json')
        if (!isProblem || reply.statusCode === 406 || request.getPreferredType() !== htmlType) return payload
        reply.type(`${htmlType}; charset=utf-8`)
        return renderProblemPage(JSON.parse(String(payload)))
      },
      schema: {
        operationId: 'completeConnection',
        tags: ['Connections'],
        summary: 'Complete a LionDesk connection',
        description,
        querystring: callbackQuery,
        response: {
          200: {
            description: 'The account is connected, or the user must confirm.',
            content: {
              'application/json': { schema: ref(CompletedConnection) },
              'text/html': { schema: Type.String({ examples: ['<!DOCTYPE html>'] }) },
            },
          },
        },
      },
    },
    async (request, reply) => {
      // A HEAD request must not use up the single-use state.
      if (request.method === 'HEAD') return reply.send('')
      const { state, code = '' } = request.query
      const completion = await app.gateway.connections.complete(request.query, app.findCurrentCaller)
      const isPage = request.getPreferredType() === htmlType
      if (isPage) reply.type(`${htmlType}; charset=utf-8`)
      if (completion.isConfirmed) {
        return reply.send(isPage ? connectedPage : { id: completion.id, status: 'connected' as const })
      }
      const { client, confirm } = completion
      if (isPage) return reply.send(renderConfirmationPage(client, { state, code, confirm }))
      throw createParameterProblem(
        'confirm',
        'is missing: open this URL in a browser, where the user confirms the client',
      )
    },
  )
}

export default routes
