import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { AccessToken } from '#schemas/agent.ts'
import { ref } from '#schemas/fields.ts'
import { email, params } from '#schemas/parameters.ts'

const routes: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '',
    {
      config: { scope: 'tokens:issue', upstreams: ['spacio'], problems: ['unknown-agent'] },
      schema: {
        operationId: 'issueAgentAccessToken',
        tags: ['Access tokens'],
        summary: 'Issue an access token for an agent',
        description: 'Asks Spacio for a token. The reply is secret and must not be stored by caches.',
        params: params({ email }),
        response: { 200: ref(AccessToken) },
      },
    },
    (request) => app.gateway.accessTokens.forAgent(request.params.email, request.call),
  )
}

export default routes
