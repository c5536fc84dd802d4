import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ref } from '#schemas/fields.ts'
import { Lead } from '#schemas/lead.ts'
import { leadId, leadLookup } from '#schemas/lead-query.ts'
import { params } from '#schemas/parameters.ts'

const description = `
Returns one lead of exactly one source: \`brokerageId\`, \`teamId\`, or \`sid\` alone. The leads of a property come in one
upstream call. For a brokerage or a team, the gateway reads these days, page by page, until it finds the lead:

1. the day of \`createdAt\`
2. the day that the feed of this source knows for the id
3. the day of insertion that an id of 24 hexadecimal digits probably contains
4. the days from \`from\` to \`to\`; default: the last 30 days

A hit on 1, 2 or 3 usually takes one upstream call. Otherwise each of them adds a call, and step 4 takes one call per 100 leads,
at most 101. With \`from\` or \`to\`, only these days are searched.

A visitor has two ids: one in the lists of a brokerage or team, and one that begins with \`p-\` in the list of a property. With
\`brokerageId\` or \`teamId\`, a \`p-\` id finds the lead with the same sid, time, name, e-mail address and phone number, if
there is exactly one. This search reads all pages of the days.
`.trim()

const routes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '',
    {
      config: {
        scope: 'leads:read',
        upstreams: ['spacio'],
        problems: [
          'unknown-lead',
          'unknown-property',
          'unknown-brokerage',
          'unknown-team',
          'unknown-agent',
          'window-too-large',
        ],
      },
      schema: {
        operationId: 'getLead',
        tags: ['Leads'],
        summary: 'Get a lead',
        description,
        params: params({ id: leadId }),
        querystring: leadLookup,
        response: { 200: ref(Lead) },
      },
    },
    ({ params, query, requestContext }) => app.gateway.leads.find(params.id, query, requestContext),
  )
}

export default routes
