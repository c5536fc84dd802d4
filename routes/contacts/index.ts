import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { contactQuery } from '#schemas/contact.ts'
import { ref } from '#schemas/fields.ts'
import { ContactList } from '#schemas/lists.ts'

const description = `
Returns the contacts with an e-mail address, or with a phone number. Send exactly one of \`email\` and \`phone\`. Several
contacts can match: choose one by its other fields.

LionDesk does not document whether a search is case-sensitive, so the gateway searches for an address as it is written and in
lower case. If the search is case-sensitive, a contact whose stored address has other capital letters is not found, because no
documented query of LionDesk ignores case. A search by phone is less reliable, because LionDesk compares texts: the gateway
searches three fields for the number as it is written and for its digits. An empty list does not prove that there is no such
contact.

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
