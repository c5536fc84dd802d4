import helmet, { type FastifyHelmetOptions } from '@fastify/helmet'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Of a route whose replies are pages. */
    helmet?: Pick<FastifyHelmetOptions, 'contentSecurityPolicy'>
  }
  interface FastifyInstance {
    /** The same headers, for replies that no route and no hook has a part in. */
    bareHeaders: Readonly<Record<string, string>>
  }
}

/** A reply is data: no browser may run it, frame it, guess its type or say where it came from. */
export default fp<{ publicUrl: string | null }>(
  async (app, { publicUrl }) => {
    // A promise that only TLS can keep.
    const isSecure = publicUrl?.startsWith('https:') ?? false
    const year = 31_536_000
    await app.register(helmet, {
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
    })
    app.decorate('bareHeaders', {
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      ...(isSecure && { 'strict-transport-security': `max-age=${year}` }),
    })
  },
  { name: 'security-headers' },
)
