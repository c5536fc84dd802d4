import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { FeedTicket, NewFeedTicket } from '#schemas/feed.ts'
import { ref } from '#schemas/fields.ts'

const routes: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '',
    {
      config: { scope: 'leads:read', upstreams: ['spacio'], problems: ['unknown-property', 'unprocessable'] },
      schema: {
        operationId: 'issueFeedTicket',
        tags: ['Leads'],
        summary: 'Issue a ticket for a live feed',
        description:
          'Issues a ticket that replaces credentials in the URL of one feed, because a browser’s EventSource cannot send credentials. A ticket is valid for five minutes.',
        body: ref(NewFeedTicket),
        response: { 201: ref(FeedTicket) },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await app.gateway.feed.issueTicket(request.body, request.requestContext)),
  )
}

export default routes
