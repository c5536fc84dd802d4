import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'

const routes: FastifyPluginAsyncTypebox = async (app) => {
  const { scrape } = app
  if (!scrape) return
  app.get(
    '',
    {
      config: { scope: 'ops:read', produces: ['text/plain'], problems: ['not-found'] },
      schema: {
        operationId: 'getMetrics',
        tags: ['Gateway'],
        summary: 'Show the metrics',
        description:
          "Of this process, in Prometheus' text format. Not here where the operator gave them a port of their own.",
        response: {
          200: {
            description: 'The metrics.',
            content: { 'text/plain': { schema: Type.String({ examples: ['foyer_feed_listeners 3\n'] }) } },
          },
        },
      },
    },
    async (_request, reply) => reply.type(scrape.contentType).send(await scrape.text()),
  )
}

export default routes
