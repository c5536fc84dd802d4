import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { type Scope, scopes } from '#src/access-control.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Publishes the OAuth metadata of the route at `path` ('' for the whole API), if the gateway accepts JWTs. */
    describeResource(path: string, scopes: readonly Scope[]): void
    /** The `resource_metadata` of a challenge (RFC 9728, section 5.1); null if the gateway accepts no JWTs. */
    findResourceMetadata(request: FastifyRequest): string | null
  }
}

interface DiscoveryOptions {
  publicUrl: string | null
  /** The address of this gateway as a browser sees it, without a slash at the end. */
  ownUrl: string
  jwt: { readonly issuer: string; readonly scopePrefix: string } | null
}

const metadataPath = '/.well-known/oauth-protected-resource'
const catalogPath = '/.well-known/api-catalog'
const route = { config: { scope: 'public' }, schema: { hide: true } } as const

/** Well-known URLs: the protected resource metadata of RFC 9728 and the API catalog of RFC 9727. */
export default fp<DiscoveryOptions>(
  async (app, { publicUrl, ownUrl, jwt }) => {
    const metadataUrls = new Map<string, string>()
    app.decorate(
      'findResourceMetadata',
      ({ route: { url = '' } }: FastifyRequest) => metadataUrls.get(url) ?? metadataUrls.get('') ?? null,
    )
    app.decorate('describeResource', (path: string, supported: readonly Scope[]) => {
      if (!jwt) return
      metadataUrls.set(path, `${ownUrl}${metadataPath}${path}`)
      const metadata = {
        resource: `${ownUrl}${path}`,
        resource_name: 'Foyer',
        authorization_servers: [jwt.issuer],
        scopes_supported: supported.map((scope) => jwt.scopePrefix + scope),
        bearer_methods_supported: ['header'],
        resource_documentation: `${ownUrl}/docs`,
      }
      app.get(`${metadataPath}${path}`, route, async () => metadata)
    })
    app.describeResource('', scopes)

    const base = publicUrl ?? ''
    // Bytes, because Fastify would add a charset to the media type of text.
    const catalog = Buffer.from(JSON.stringify({ linkset: [describeApi(base)] }))
    const headers = { link: `<${base}${catalogPath}>; rel="api-catalog"`, 'content-type': linkset }
    app.get(catalogPath, route, async (_request, reply) => reply.headers(headers).send(catalog))
  },
  { name: 'discovery', dependencies: ['request-state'] },
)

const linkset = 'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"'

const describeApi = (base: string) => ({
  anchor: `${base}/`,
  'service-desc': [{ href: `${base}/openapi.json`, type: 'application/json' }],
  'service-doc': [{ href: `${base}/docs`, type: 'text/html' }],
  status: [{ href: `${base}/health/ready`, type: 'application/json' }],
})
