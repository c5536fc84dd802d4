import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { EventProperty, EventPropertyPatch } from '#schemas/event-property.ts'
import { ref } from '#schemas/fields.ts'
import { connection, eventId, id, include, params, query } from '#schemas/parameters.ts'

const path = params({ eventId, id: id('event property', '10') })

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
        params: path,
        querystring: query({ ...connection, ...include }),
        response: { 200: ref(EventProperty) },
      },
    },
    ({ params, query, call }) => app.gateway.eventProperties.get(params.eventId, params.id, query, call),
  )

  app.patch(
    '',
    {
      config: {
        scope: 'events:write',
        upstreams: ['liondesk'],
      },
      schema: {
        operationId: 'updateEventProperty',
        tags: ['Events'],
        summary: 'Change a property of an event',
        description:
          'Applies a JSON merge patch. `null` clears a field, omitted fields stay unchanged, and `{}` writes nothing.',
        consumes: ['application/merge-patch+json', 'application/json'],
        params: path,
        querystring: query({ ...connection, ...include }),
        body: ref(EventPropertyPatch),
        response: { 200: ref(EventProperty) },
      },
    },
    ({ params, body, query, call }) => app.gateway.eventProperties.patch(params.eventId, params.id, body, query, call),
  )

  app.delete(
    '',
    {
      config: { scope: 'events:write', upstreams: ['liondesk'] },
      schema: {
        operationId: 'deleteEventProperty',
        tags: ['Events'],
        summary: 'Remove a property from an event',
        description: 'Deletes the event property permanently.',
        params: path,
        querystring: query(connection),
        response: { 204: Type.Null({ description: 'Removed.' }) },
      },
    },
    async ({ params, query, call }, reply) => {
      await app.gateway.eventProperties.remove(params.eventId, params.id, query, call)
      return reply.code(204).send(null)
    },
  )
}

export default routes
