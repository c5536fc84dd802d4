import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ref } from '#schemas/fields.ts'
import { Me } from '#schemas/me.ts'

const description = `
Returns the client that the credentials identify, its scopes, its grants and its LionDesk connections. Every authenticated
caller may use it; it needs no scope. A user interface can start here: \`grants.brokerages\` are the brokerages that it may
show. The gateway makes no upstream call.
`.trim()

const routes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '',
    {
      config: { scope: 'any', problems: ['upstream-unavailable'] },
      schema: {
        operationId: 'getMe',
        tags: ['Gateway'],
        summary: 'Show who you are, and what you may do and see',
        description,
        response: { 200: ref(Me) },
      },
    },
    async ({ requestContext, rateLimitState }) => ({
      ...(await app.gateway.me(requestContext.caller)),
      rateLimit: rateLimitState && {
        limit: rateLimitState.limit,
        remaining: rateLimitState.remaining,
        resetsIn: rateLimitState.resetSeconds,
      },
    }),
  )
}

export default routes
