import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Contact } from '#schemas/contact.ts'
import { ref } from '#schemas/fields.ts'
import { connection, contactId, include, params, query } from '#schemas/parameters.ts'

const routes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '',
    {
      config: { scope: 'contacts:read', upstreams: ['liondesk'] },
      schema: {
        operationId: 'getContact',
        tags: ['Contacts'],
        summary: 'Get a contact',
        description: 'Returns one contact by its id.',
        params: params({ contactId }),
        querystring: query({ ...connection, ...include }),
        response: { 200: ref(Contact) },
      },
    },
    ({ params, query, requestContext }) => app.gateway.crm.getContact(params.contactId, query, requestContext),
  )
}

export default routes
