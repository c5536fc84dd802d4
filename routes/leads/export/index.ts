import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { leadExportQuery } from '#schemas/lead-query.ts'
import { Problem } from '#src/problems.ts'

const description = `
Exports all leads of a window, with the parameters of \`GET /leads\`, as CSV or as NDJSON (one JSON object per line). \`format\` or
\`Accept\` selects the format. In CSV, each question has its own column, and every text is quoted. If a spreadsheet would run a
text as a formula, an apostrophe precedes it, also after a line break or a separator inside a cell. The same applies to phone
numbers that start with \`+\`. NDJSON contains every text unchanged. Up to 5,000 leads are sorted newest first; larger exports
have the upstream's order.

\`include\` needs NDJSON. \`include=property\` works for up to 5,000 leads.

If an export fails midway, the file never ends like a complete one, and every HTTP client reports an error. Exports need
HTTP/1.1 or later, because an HTTP/1.0 client cannot distinguish a truncated export from a complete one. A client can run two
exports at the same time. The gateway ends an export if its client reads nothing for a minute.
`.trim()

const mediaTypes = { csv: 'text/csv', ndjson: 'application/x-ndjson' } as const

const routes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '',
    {
      config: {
        scope: 'leads:read',
        isLongLived: true,
        upstreams: ['spacio'],
        produces: Object.values(mediaTypes),
        problems: [
          'unknown-property',
          'unknown-brokerage',
          'unknown-team',
          'unknown-agent',
          'unprocessable',
          'http-version-too-old',
        ],
      },
      schema: {
        operationId: 'exportLeads',
        tags: ['Leads'],
        summary: 'Export leads',
        description,
        querystring: leadExportQuery,
        response: {
          200: {
            description: 'The leads, as a file.',
            content: {
              'text/csv': { schema: Type.String({ examples: ['id,createdAt,fullName\r\n'] }) },
              'application/x-ndjson': { schema: Type.String({ examples: ['{"id":"5cc84e8a92127d360d20be36"}\n'] }) },
            },
          },
        },
      },
    },
    async (request, reply) => {
      // Over HTTP/1.0 the end of the connection marks the end of the body, so a crash would look like a complete file.
      if (request.raw.httpVersion === '1.0') throw new Problem('http-version-too-old')
      const format = request.query.format ?? (request.getPreferredType() === mediaTypes.ndjson ? 'ndjson' : 'csv')
      const { fileName, text } = await app.gateway.leads.export(request.query, format, request.requestContext)
      reply.headers({
        'content-type': `${mediaTypes[format]}; charset=utf-8`,
        'content-disposition': `attachment; filename="${fileName}"`,
      })
      return reply.sendParts(text)
    },
  )
}

export default routes
