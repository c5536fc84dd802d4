import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { EventProperty, NewEventProperty } from '#schemas/event-property.ts'
import { eventPropertyQuery } from '#schemas/event-property-query.ts'
import { ref } from '#schemas/fields.ts'
import { EventPropertyList } from '#schemas/lists.ts'
import { connection, eventId, idempotencyKey, include, params, query } from '#schemas/parameters.ts'

const listing = `
Filtered and sorted by the upstream; in the order of the ids unless \`sort\` is given. \`[ne]\` and \`[nin]\` select
everything else, records without a value included: the gateway reads all records of the event and takes away those that
the upstream finds equal.
`.trim()

const creation = `
Attaches a property to an event. At least one field or \`fromSid\` is needed; null means absent. With \`fromSid\` the gateway reads that Spacio
property (scope \`properties:read\`) and fills in what was left out, except the living area.
Not repeated by the gateway. With an \`Idempotency-Key\` you may repeat it: what was done before is answered again, with
\`Idempotency-Replayed: true\`; after an \`outcome\` of \`unknown\` a record of the event that equals the one sent counts as
done. While the first is in progress a repeat is 409, with another body 422. Without a key, look before you send it again.
`.trim()

const routes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '',
    {
      config: { scope: 'events:read', upstreams: ['liondesk'] },
      schema: {
        operationId: 'listEventProperties',
        tags: ['Events'],
        summary: 'List the properties of an event',
        description: listing,
        params: params({ eventId }),
        querystring: eventPropertyQuery,
        response: { 200: ref(EventPropertyList) },
      },
    },
    async (request, reply) => {
      const page = await app.gateway.eventProperties.list(request.params.eventId, request.query, request.call)
      return reply.sendPage(page)
    },
  )

  app.post(
    '',
    {
      config: {
        scope: 'events:write',
        upstreams: ['liondesk', 'spacio'],
        problems: ['idempotency-mismatch', 'upstream-unavailable'],
      },
      schema: {
        operationId: 'createEventProperty',
        tags: ['Events'],
        summary: 'Attach a property to an event',
        description: creation,
        params: params({ eventId }),
        querystring: query({ ...connection, ...include }),
        headers: idempotencyKey,
        body: ref(NewEventProperty),
        response: { 201: ref(EventProperty) },
      },
    },
    async (request, reply) => {
      const { eventId } = request.params
      const key = request.headers['idempotency-key'] as string | undefined
      const query = { ...request.query, ...(key !== undefined && { idempotencyKey: key }) }
      const { written, isReplayed } = await app.gateway.eventProperties.create(
        eventId,
        request.body,
        query,
        request.call,
      )
      const { id } = written
      if (isReplayed) reply.header('idempotency-replayed', 'true')
      return reply.created(id === null ? null : `/events/${eventId}/properties/${encodeURIComponent(id)}`).send(written)
    },
  )
}

export default routes
