import cors, { type FastifyCorsOptions } from '@fastify/cors'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'

/** Headers that tracing and error reporting libraries, axios and others add to every request of a page. */
const libraryHeaders = ['Traceparent', 'Tracestate', 'Baggage', 'Sentry-Trace', 'X-Requested-With', 'If-Match']

/** By which the Model Context Protocol says what a message is, before anybody reads it. */
const mcpHeaders = ['Mcp-Protocol-Version', 'Mcp-Method', 'Mcp-Name']

/** Browsers of the listed origins may call and read replies; of all others, none. Nothing is sent where no list is. */
export default fp<{ origins: readonly string[] }>(
  async (app, { origins }) => {
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
    }
    // An OPTIONS request that is no preflight is answered like any other request.
    const nonPreflightSettings: FastifyCorsOptions = { ...settings, preflight: false }
    await app.register(cors, {
      delegator: (request, done) => done(null, isPreflight(request) ? settings : nonPreflightSettings),
    })
  },
  { name: 'cors' },
)

const isPreflight = ({ headers }: FastifyRequest): boolean =>
  headers.origin !== undefined && headers['access-control-request-method'] !== undefined
