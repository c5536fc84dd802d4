import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { contactQuery } from '#schemas/contact.ts'
import { ref } from '#schemas/fields.ts'
import { ContactList } from '#schemas/lists.ts'

const description = `
Returns the contacts with an e-mail address, or with a phone number. Send exactly one of \`email\` and \`phone\`. Several
contacts can match: choose one by its other fields.

It is not documented whether LionDesk distinguishes letter case, so the gateway asks for an address as it is written and in
lower case. A search by phone is less reliable, because LionDesk compares texts: the gateway asks for the number as it is
written and for its bare digits, in three fields. An empty list does not prove that there is no such contact.

The gateway checks each record, and answers 502 if one does not match.
`.trim()

const routes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '',
    {
      config: { scope: 'contacts:read', upstreams: ['liondesk'] },
      schema: {
        operationId: 'listContacts',
        tags: ['Contacts'],
        summary: 'Find contacts by e-mail address or phone',
        description,
        querystring: contactQuery,
        response: { 200: ref(ContactList) },
      },
    },
    async ({ query, requestContext }, reply) =>
      reply.sendPage(await app.gateway.crm.listContacts(query, requestContext)),
  )
}

export default routes
