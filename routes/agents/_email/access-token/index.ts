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
        description: 'Requests a token from Spacio. The response is secret; caches must not store it.',
        params: params({ email }),
        response: { 200: ref(AccessToken) },
      },
    },
    (request) => app.gateway.accessTokens.issueForAgent(request.params.email, request.requestContext),
  )
}

export default routes
