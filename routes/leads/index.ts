import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ref } from '#schemas/fields.ts'
import { leadQuery } from '#schemas/lead-query.ts'
import { LeadList } from '#schemas/lists.ts'
import { isProblem } from '#src/problems.ts'

const description = `
Lists the leads of exactly one source: \`brokerageId\`, \`teamId\`, or \`sid\` alone. With a brokerage or a team, \`sid\` is a filter.
For a brokerage or a team, the default window is the last 30 days. The leads of a property have no default window. The newest
leads come first. The pages of a window are stable for one minute after the first page.
`.trim()

const routes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '',
    {
      config: {
        scope: 'leads:read',
        upstreams: ['spacio'],
        problems: [
          'unknown-property',
          'unknown-brokerage',
          'unknown-team',
          'unknown-agent',
          'window-too-large',
          'unprocessable',
        ],
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
        if (isProblem(error) && error.code === 'window-too-large') reply.setAlternateLink('/leads/export')
        throw error
      },
    },
    async (request, reply) => reply.sendPage(await app.gateway.leads.list(request.query, request.requestContext)),
  )
}

export default routes
