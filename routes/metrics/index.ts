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
          'Returns the metrics of this process in the Prometheus text format. This route does not exist if the operator has configured a separate port for metrics.',
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
