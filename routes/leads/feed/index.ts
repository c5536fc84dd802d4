import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { feedHeaders, feedQuery, LeadFeed } from '#schemas/feed.ts'
import { ref } from '#schemas/fields.ts'

const description = `
Every new lead of a brokerage, a team or a property exactly once, late and back-dated ones included (up to 7 days).
Without \`after\` the feed begins now, with no leads and a cursor; with \`from\` at the beginning of that day. Ask again
with the cursor as \`after\`; a cursor asked with again gives the same leads. Cursors survive restarts, and are good for
14 days, or as long as the log remembers what lies after them; then 410.

With \`Accept: text/event-stream\` the same feed is live: an event \`lead\` for each, its \`id\` the cursor after it, so
that \`Last-Event-ID\` resumes. An event \`problem\` says that the upstream fails for now; the feed goes on by itself,
but for \`cursor-expired\`, which ends it. A client can have 500 live feeds open. A live feed that is refused for load or
for this limit is a 200 that ends at once, with the problem as an event and a \`retry\`, because browsers do not retry any
other status.
`.trim()

const routes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '',
    {
      config: {
        scope: 'leads:read',
        isLasting: true,
        takesTicket: true,
        upstreams: ['spacio'],
        produces: ['application/json', 'text/event-stream'],
        problems: ['unknown-property', 'unknown-brokerage', 'unknown-team', 'unknown-agent', 'cursor-expired'],
      },
      schema: {
        operationId: 'readLeadFeed',
        tags: ['Leads'],
        summary: 'Read new leads, or listen for them',
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
      const after = request.headers['last-event-id'] ?? request.query.after
      const query = { ...request.query, ...(after !== undefined && { after }) }
      if (request.preferredType() === 'text/event-stream') {
        return reply.sendLive(await app.gateway.feed.listen(query, request.call))
      }
      return app.gateway.feed.read(query, request.call)
    },
  )
}

export default routes
