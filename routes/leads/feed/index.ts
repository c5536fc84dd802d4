import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { feedHeaders, feedQuery, LeadFeed } from '#schemas/feed.ts'
import { ref } from '#schemas/fields.ts'

const description = `
Returns every new lead of a brokerage, a team or a property exactly once, including leads that are late or back-dated by up
to 7 days. Without \`after\` the feed starts now and returns a cursor without leads. With \`from\` it starts at the
beginning of that day. Send the cursor as \`after\` to get the next leads; the same cursor returns the same leads again.
Cursors survive restarts and are valid for at least 14 days if you had read everything. An expired cursor gets 410.

With \`Accept: text/event-stream\` the same feed is a live stream. Each lead is an event \`lead\`. Its \`id\` is the
cursor after the lead, so that \`Last-Event-ID\` resumes the stream. An event \`problem\` reports a temporary upstream
failure, and the stream continues. After \`cursor-expired\` the stream ends. A client can have 500 live feeds open. If the
gateway refuses a live feed because of this limit or its load, the response is a 200 that ends immediately, with the problem
as an event and a \`retry\`, because browsers do not retry any other status.
`.trim()

const routes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '',
    {
      config: {
        scope: 'leads:read',
        isLongLived: true,
        acceptsTicket: true,
        upstreams: ['spacio'],
        produces: ['application/json', 'text/event-stream'],
        problems: [
          'unknown-property',
          'unknown-brokerage',
          'unknown-team',
          'unknown-agent',
          'cursor-expired',
          'unprocessable',
        ],
      },
      schema: {
        operationId: 'readLeadFeed',
        tags: ['Leads'],
        summary: 'Read or stream new leads',
        description,
        querystring: feedQuery,
        headers: feedHeaders,
        response: {
          200: {
            description: 'New leads.',
            content: {
              'application/json': { schema: ref(LeadFeed) },
              'text/event-stream': {
                schema: Type.String({ examples: ['event: lead\nid: WyJmZWVkIl0.c2ln\ndata: {"id":"5cc84e8a"}\n\n'] }),
              },
            },
          },
        },
      },
    },
    async (request, reply) => {
      const query = { ...request.query, lastEventId: request.headers['last-event-id'] }
      if (request.getPreferredType() === 'text/event-stream') {
        return reply.sendLiveFeed(await app.gateway.feed.listen(query, request.requestContext))
      }
      return app.gateway.feed.read(query, request.requestContext)
    },
  )
}

export default routes
