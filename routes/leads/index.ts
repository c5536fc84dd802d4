import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ref } from '#schemas/fields.ts'
import { leadQuery } from '#schemas/lead-query.ts'
import { LeadList } from '#schemas/lists.ts'
import { isProblem } from '#src/problems.ts'

const description = `
The leads of exactly one source: \`brokerageId\`, \`teamId\`, or \`sid\` alone. Beside a brokerage or a team, \`sid\` filters.
For a brokerage or a team the window defaults to the last 30 days; a property's leads have no default window.
Newest first. Paging through a window is stable for a minute after its first page.
`.trim()

const routes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '',
    {
      config: {
        scope: 'leads:read',
        upstreams: ['spacio'],
        problems: ['unknown-property', 'unknown-brokerage', 'unknown-team', 'unknown-agent', 'window-too-large'],
      },
      schema: {
        operationId: 'listLeads',
        tags: ['Leads'],
        summary: 'List leads',
        description,
        querystring: leadQuery,
        response: { 200: ref(LeadList) },
      },
      errorHandler: (error, _request, reply) => {
        if (isProblem(error) && error.code === 'window-too-large') reply.alternate('/leads/export')
        throw error
      },
    },
    async (request, reply) => reply.sendPage(await app.gateway.leads.list(request.query, request.call)),
  )
}

export default routes
