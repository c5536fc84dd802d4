import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyInstance {
    /** Makes challenges on the route at `path` name this URL. The path '' stands for all other routes. */
    setResourceMetadata(path: string, url: string): void
    /** The `resource_metadata` of a challenge (RFC 9728, section 5.1); null if the gateway accepts no JWTs. */
    findResourceMetadata(request: FastifyRequest): string | null
  }
}

/** Knows the URLs of the OAuth metadata, which the plugin `discovery` serves. */
export default fp(
  async (app) => {
    const urls = new Map<string, string>()
    app.decorate('setResourceMetadata', (path: string, url: string) => {
      urls.set(path, url)
    })
    app.decorate(
      'findResourceMetadata',
      ({ route: { url = '' } }: FastifyRequest) => urls.get(url) ?? urls.get('') ?? null,
    )
  },
  { name: 'resource-metadata', dependencies: ['request-state'] },
)
