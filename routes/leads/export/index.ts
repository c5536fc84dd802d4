import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { leadExportQuery } from '#schemas/lead-query.ts'
import { Problem } from '#src/problems.ts'

const description = `
All leads of a window, with the parameters of \`GET /leads\`, as CSV or as one JSON object a line, chosen by \`format\`
or by \`Accept\`. In CSV each question has a column of its own and every text is quoted. An apostrophe stands before each
text that a spreadsheet would run as a formula, also after a line break or a separator inside a cell, and before a phone
number that starts with \`+\`; NDJSON has every text unchanged. Up to 5,000 leads are sorted newest first; larger exports are in the upstream's order. An
export that breaks off never ends like a complete file: every HTTP client reports an error. It needs HTTP/1.1 or later,
because an HTTP/1.0 client could not tell a broken export from a complete one. A client can run two exports at the same
time, and an export whose client reads nothing for a minute is given up.
`.trim()

const mediaTypes = { csv: 'text/csv', ndjson: 'application/x-ndjson' } as const

const routes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '',
    {
      config: {
        scope: 'leads:read',
        isLasting: true,
        upstreams: ['spacio'],
        produces: Object.values(mediaTypes),
        problems: ['unknown-property', 'unknown-brokerage', 'unknown-team', 'unknown-agent', 'http-version-too-old'],
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
      // An HTTP/1.0 body without a length ends with the connection, also when this process is killed.
      if (request.raw.httpVersion === '1.0') throw new Problem('http-version-too-old')
      const format = request.query.format ?? (request.preferredType() === mediaTypes.ndjson ? 'ndjson' : 'csv')
      const { fileName, text } = await app.gateway.leads.export(request.query, format, request.call)
      reply.headers({
        'content-type': `${mediaTypes[format]}; charset=utf-8`,
        'content-disposition': `attachment; filename="${fileName}"`,
      })
      return reply.sendParts(text)
    },
  )
}

export default routes
