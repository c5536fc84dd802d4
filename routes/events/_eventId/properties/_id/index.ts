import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { EventProperty, EventPropertyPatch } from '#schemas/event-property.ts'
import { ref } from '#schemas/fields.ts'
import { connection, eventId, id, ifMatch, include, params, query } from '#schemas/parameters.ts'

const ifMatchDescription = `
With \`If-Match\` the gateway reads the property first and compares its \`ETag\`. LionDesk has no conditional writes: a change
that reaches LionDesk between this read and the write is not detected.
`.trim()

const recordSchema = ref(EventProperty)

const pathParameters = params({ eventId, id: id('event property', '10') })

const routes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '',
    {
      config: { scope: 'events:read', upstreams: ['liondesk'] },
      schema: {
        operationId: 'getEventProperty',
        tags: ['Events'],
        summary: 'Get a property of an event',
        description: 'Returns one event property by its id.',
        params: pathParameters,
        querystring: query({ ...connection, ...include }),
        response: { 200: recordSchema },
      },
    },
    ({ params, query, requestContext }) =>
      app.gateway.eventProperties.get(params.eventId, params.id, query, requestContext),
  )

  app.patch(
    '',
    {
      config: {
        scope: 'events:write',
        upstreams: ['liondesk'],
        problems: ['precondition-failed'],
      },
      schema: {
        operationId: 'updateEventProperty',
        tags: ['Events'],
        summary: 'Change a property of an event',
        description: `Applies a JSON merge patch. \`null\` clears a field, omitted fields stay unchanged, and \`{}\` writes nothing.\n\n${ifMatchDescription}`,
        consumes: ['application/merge-patch+json', 'application/json'],
        params: pathParameters,
        querystring: query({ ...connection, ...include }),
        headers: ifMatch,
        body: ref(EventPropertyPatch),
        response: { 200: recordSchema },
      },
    },
    async ({ params, body, query, requestContext }, reply) => {
      const write = { ...query, requireMatch: reply.createPrecondition(recordSchema) }
      const eventProperty = await app.gateway.eventProperties.patch(
        params.eventId,
        params.id,
        body,
        write,
        requestContext,
      )
      return reply.setEntityTag(recordSchema, eventProperty).send(eventProperty)
    },
  )

  app.delete(
    '',
    {
      config: { scope: 'events:write', upstreams: ['liondesk'], problems: ['precondition-failed'] },
      schema: {
        operationId: 'deleteEventProperty',
        tags: ['Events'],
        summary: 'Remove a property from an event',
        description: `Deletes the event property permanently.\n\n${ifMatchDescription}`,
        params: pathParameters,
        querystring: query(connection),
        headers: ifMatch,
        response: { 204: Type.Null({ description: 'Removed.' }) },
      },
    },
    async ({ params, query, requestContext }, reply) => {
      const write = { ...query, requireMatch: reply.createPrecondition(recordSchema) }
      await app.gateway.eventProperties.remove(params.eventId, params.id, write, requestContext)
      return reply.code(204).send(null)
    },
  )
}

export default routes
