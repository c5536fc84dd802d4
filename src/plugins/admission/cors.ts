import cors, { type FastifyCorsOptions } from '@fastify/cors'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'

/** Headers that browser libraries for tracing, error reporting and HTTP add to every request. */
const libraryHeaders = ['Traceparent', 'Tracestate', 'Baggage', 'Sentry-Trace', 'X-Requested-With', 'If-Match']

/** Headers of the Model Context Protocol that describe a message. */
const mcpHeaders = ['Mcp-Protocol-Version', 'Mcp-Method', 'Mcp-Name']

declare module 'fastify' {
  interface FastifyInstance {
    /** Returns the CORS headers for a response that bypasses the hooks; none if the origin is not listed. */
    getCorsHeaders(origin: string | undefined): Record<string, string>
  }
}

const exposedHeaders = [
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
]

/**
 * Lets browser pages of the listed origins call the gateway and read responses. It runs before authentication, because
 * a preflight request has no credentials. Without a list it sends no CORS headers.
 * @see https://github.com/fastify/fastify-cors
 */
export default fp<{ origins: readonly string[] }>(
  async (app, { origins }) => {
    app.decorate('getCorsHeaders', (origin) =>
      origin !== undefined && origins.includes(origin)
        ? {
            'access-control-allow-origin': origin,
            'access-control-expose-headers': exposedHeaders.join(', '),
            vary: 'Origin',
          }
        : {},
    )
    if (origins.length === 0) return
    const settings: FastifyCorsOptions = {
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
        ...libraryHeaders,
        ...mcpHeaders,
      ],
      exposedHeaders,
      maxAge: 600,
    }
    // Method guards answer other OPTIONS requests.
    const nonPreflightSettings: FastifyCorsOptions = { ...settings, preflight: false }
    await app.register(cors, {
      delegator: (request, done) => done(null, isPreflight(request) ? settings : nonPreflightSettings),
    })
  },
  { name: 'cors' },
)

const isPreflight = ({ headers }: FastifyRequest): boolean =>
  headers.origin !== undefined && headers['access-control-request-method'] !== undefined
