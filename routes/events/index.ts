import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { eventQuery } from '#schemas/crm-event.ts'
import { ref } from '#schemas/fields.ts'
import { CrmEventList } from '#schemas/lists.ts'

const description = `
Returns the events of one contact. To find the contact of a visitor, use \`GET /contacts?email=\`. LionDesk does not document
this filter: the gateway checks each record, and answers 502 if one belongs to another contact. LionDesk may show new events
late.
`.trim()

const routes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '',
    {
      config: { scope: 'events:read', upstreams: ['liondesk'] },
      schema: {
        operationId: 'listEvents',
        tags: ['Events'],
        summary: 'List the events of a contact',
        description,
        querystring: eventQuery,
        response: { 200: ref(CrmEventList) },
      },
    },
    async ({ query, requestContext }, reply) => reply.sendPage(await app.gateway.crm.listEvents(query, requestContext)),
  )
}

export default routes
