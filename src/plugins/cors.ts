import cors from '@fastify/cors'
import fp from 'fastify-plugin'

/** By which the Model Context Protocol says what a message is, before anybody reads it. */
const headersOfAssistants = ['Mcp-Protocol-Version', 'Mcp-Method', 'Mcp-Name']

/** Browsers of the listed origins may call and read replies; of all others, none. Nothing is sent where no list is. */
export default fp<{ origins: readonly string[] }>(
  async (app, { origins }) => {
    if (origins.length === 0) return
    await app.register(cors, {
      origin: [...origins],
      methods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'],
      allowedHeaders: [
        'Content-Type',
        'X-API-Key',
        'Authorization',
        'Last-Event-ID',
        'Idempotency-Key',
        'If-None-Match',
        'Cache-Control',
        ...headersOfAssistants,
      ],
      exposedHeaders: [
        'Link',
        'Location',
        'Retry-After',
        'X-Request-Id',
        'Content-Disposition',
        'RateLimit',
        'RateLimit-Policy',
        'ETag',
        'Age',
        'Cache-Status',
        'Idempotency-Replayed',
        'Server-Timing',
        'WWW-Authenticate',
      ],
      maxAge: 600,
    })
  },
  { name: 'cors' },
)
