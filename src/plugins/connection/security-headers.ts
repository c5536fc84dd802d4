import type { FastifyContextConfig } from 'fastify'
import fp from 'fastify-plugin'
import helmet, { type HelmetOptions } from 'helmet'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Of a route whose replies are pages. */
    helmet?: Pick<HelmetOptions, 'contentSecurityPolicy'>
  }
  interface FastifyInstance {
    /** The same headers, for replies that no route and no hook has a part in. */
    defaultHeaders: Readonly<Record<string, string>>
  }
}

/** A reply is data: no browser may run it, frame it, guess its type or say where it came from. */
export default fp<{ publicUrl: string | null }>(
  async (app, { publicUrl }) => {
    // A promise that only TLS can keep.
    const isSecure = publicUrl?.startsWith('https:') ?? false
    const year = 31_536_000
    const defaultOptions: HelmetOptions = {
      contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
      // Pages of listed origins read by CORS, which this does not touch; nobody else embeds a reply.
      crossOriginResourcePolicy: { policy: 'same-origin' },
      referrerPolicy: { policy: 'no-referrer' },
      strictTransportSecurity: isSecure && { maxAge: year, includeSubDomains: false },
      xContentTypeOptions: true,
      xFrameOptions: { action: 'deny' },
      // What concerns pages, or browsers that nobody uses any more.
      crossOriginEmbedderPolicy: false,
      crossOriginOpenerPolicy: false,
      originAgentCluster: false,
      xDnsPrefetchControl: false,
      xDownloadOptions: false,
      xPermittedCrossDomainPolicies: false,
      xPoweredBy: false,
      xXssProtection: false,
    }

    const defaultHeaders = renderHeaders(defaultOptions)
    /** Of the routes that differ. */
    const pageHeaders = new WeakMap<object, Readonly<Record<string, string>>>()

    const getHeaders = (config: FastifyContextConfig): Readonly<Record<string, string>> => {
      if (!config.helmet) return defaultHeaders
      const cachedHeaders = pageHeaders.get(config.helmet) ?? renderHeaders({ ...defaultOptions, ...config.helmet })
      pageHeaders.set(config.helmet, cachedHeaders)
      return cachedHeaders
    }

    app.decorate('defaultHeaders', defaultHeaders)
    app.addHook('onRequest', (request, reply, done) => {
      reply.headers(getHeaders(request.route.config))
      done()
    })
  },
  { name: 'security-headers', dependencies: ['request-state'] },
)

/** The library says them for each reply; they never change, so that it is asked once. */
const renderHeaders = (options: HelmetOptions): Readonly<Record<string, string>> => {
  const headers: Record<string, string> = {}
  const reply = {
    setHeader: (name: string, value: string) => {
      headers[name.toLowerCase()] = value
    },
    removeHeader: () => {},
  }
  const applyHelmet = helmet(options) as unknown as (
    request: object,
    reply: object,
    next: (error?: unknown) => void,
  ) => void
  applyHelmet({}, reply, (error) => {
    if (error) throw error
  })
  return Object.freeze(headers)
}
