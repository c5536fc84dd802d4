import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'

/** Bodies are JSON, or a JSON merge patch; nothing else is parsed. */
export default fp(
  async (app: FastifyInstance) => {
    app.removeContentTypeParser('text/plain')
    app.addContentTypeParser(
      'application/merge-patch+json',
      { parseAs: 'string' },
      app.getDefaultJsonParser('error', 'error'),
    )
  },
  { name: 'bodies' },
)
