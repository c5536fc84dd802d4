import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { EventProperty, NewEventProperty } from '#schemas/event-property.ts'
import { eventPropertyQuery } from '#schemas/event-property-query.ts'
import { ref } from '#schemas/fields.ts'
import { EventPropertyList } from '#schemas/lists.ts'
import { connection, eventId, idempotencyKey, include, params, query } from '#schemas/parameters.ts'

const listDescription = `
The upstream filters and sorts the list. The default order is by id. \`[ne]\` and \`[nin]\` also match records without a value:
the gateway reads all records of the event and removes those that the upstream treats as equal.
`.trim()

const createDescription = `
Attaches a property to an event. The body needs at least one field that is not null, or \`fromSid\`. With \`fromSid\`, the gateway
reads that Spacio property (scope \`properties:read\`) and fills in the missing fields, except the living area.

The gateway never retries this write. With an \`Idempotency-Key\`, you can repeat it safely. If the first request has completed,
you get the same response with \`Idempotency-Replayed: true\`. If its \`outcome\` is \`unknown\`, a record of the event with the
same values counts as the result. If it is in progress, you get 409; if it had another body, 422. Without a key, check the
event before you repeat the request.
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
        description: listDescription,
        params: params({ eventId }),
        querystring: eventPropertyQuery,
        response: { 200: ref(EventPropertyList) },
      },
    },
    async (request, reply) => {
      const page = await app.gateway.eventProperties.list(request.params.eventId, request.query, request.requestContext)
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
        description: createDescription,
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
      const { result: eventProperty, isReplayed } = await app.gateway.eventProperties.create(
        eventId,
        request.body,
        query,
        request.requestContext,
      )
      const { id } = eventProperty
      if (isReplayed) reply.header('idempotency-replayed', 'true')
      return reply
        .setCreated(id === null ? null : `/events/${eventId}/properties/${encodeURIComponent(id)}`)
        .send(eventProperty)
    },
  )
}

export default routes
