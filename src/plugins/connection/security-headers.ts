import type { FastifyContextConfig } from 'fastify'
import fp from 'fastify-plugin'
import helmet, { type HelmetOptions } from 'helmet'
import { getOrCreate } from '#src/lib/get-or-create.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** For routes that return HTML pages. */
    helmet?: Pick<HelmetOptions, 'contentSecurityPolicy'>
  }
  interface FastifyInstance {
    /** The headers for responses that bypass routes and hooks. */
    defaultHeaders: Readonly<Record<string, string>>
  }
}

/**
 * Sets security headers. By default a response is data: browsers must not execute, frame or sniff it. Routes with HTML
 * pages override the policy.
 * @see https://helmetjs.github.io
 */
export default fp<{ publicUrl: string | null }>(
  async (app, { publicUrl }) => {
    // HSTS is valid only over TLS.
    const isSecure = publicUrl?.startsWith('https:') ?? false
    const year = 31_536_000
    const defaultOptions: HelmetOptions = {
      contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
      // CORS responses are not affected by this header.
      crossOriginResourcePolicy: { policy: 'same-origin' },
      referrerPolicy: { policy: 'no-referrer' },
      strictTransportSecurity: isSecure && { maxAge: year, includeSubDomains: false },
      xContentTypeOptions: true,
      xFrameOptions: { action: 'deny' },
      // These headers concern only pages or obsolete browsers.
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
    const pageHeaders = new WeakMap<object, Readonly<Record<string, string>>>()

    const getHeaders = ({ helmet }: FastifyContextConfig): Readonly<Record<string, string>> =>
      helmet ? getOrCreate(pageHeaders, helmet, () => renderHeaders({ ...defaultOptions, ...helmet })) : defaultHeaders

    app.decorate('defaultHeaders', defaultHeaders)
    app.addHook('onRequest', (request, reply, done) => {
      reply.headers(getHeaders(request.route.config))
      done()
    })
  },
  { name: 'security-headers', dependencies: ['request-state'] },
)

/** Renders the headers once, because helmet would compute the same values for each response. */
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
