import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { CrmEvent } from '#schemas/crm-event.ts'
import { ref } from '#schemas/fields.ts'
import { connection, eventId, include, params, query } from '#schemas/parameters.ts'

const routes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '',
    {
      config: { scope: 'events:read', upstreams: ['liondesk'] },
      schema: {
        operationId: 'getEvent',
        tags: ['Events'],
        summary: 'Get an event',
        description: 'Returns one CRM event by its id.',
        params: params({ eventId }),
        querystring: query({ ...connection, ...include }),
        response: { 200: ref(CrmEvent) },
      },
    },
    ({ params, query, requestContext }) => app.gateway.crm.getEvent(params.eventId, query, requestContext),
  )
}

export default routes
