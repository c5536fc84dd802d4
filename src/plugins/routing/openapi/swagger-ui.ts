import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { matchesIfNoneMatch } from '../../response/caching/entity-tags.ts'

/** Its own scripts and nobody else's; it lays itself out with styles in the page, and carries its icons as data. */
const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    baseUri: ["'none'"],
    connectSrc: ["'self'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
    imgSrc: ["'self'", 'data:'],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
  },
}

export const documentationPath = '/docs'

/** Each by itself, so that of each it is known which methods it has; what else it is made of lies below `static/`. */
const documentationPaths = [
  '',
  '/json',
  '/yaml',
  '/static/index.html',
  '/static/swagger-initializer.js',
  '/static/theme/foyer.css',
  '/static/theme/foyer.js',
  '/static/*',
]

/** The files are named so, and by no other spelling of their path: each is loaded once. */
const filePathPattern = /^\/docs(\/\w[\w.-]*)*\/?$/

/** Headers that the gateway sets itself. Ranges are not served: a browser that asks for one gets the whole file. */
const gatewayHeaders = new Set(['connection', 'content-length', 'date', 'transfer-encoding', 'accept-ranges'])

interface CachedFile {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** The same bytes for all replies, however many clients leave theirs unread. */
  readonly bytes: Buffer
}

/** Swagger UI: public, and no part of the API that it shows. */
export const registerSwaggerUi = async (
  app: FastifyInstance,
  { documentation }: { documentation: () => Promise<FastifyInstance> },
): Promise<void> => {
  const files = new Map<string, CachedFile>()

  const load = async (path: string): Promise<CachedFile | null> => {
    const response = await (await documentation()).inject({ method: 'GET', url: path })
    if (response.statusCode >= 400) return null
    const entries = Object.entries(response.headers).filter(([name]) => !gatewayHeaders.has(name))
    const headers = Object.fromEntries(entries) as Record<string, string>
    const { location } = headers
    return {
      status: response.statusCode,
      headers: { ...headers, ...(location !== undefined && { location: `${app.publicPath}${location}` }) },
      bytes: response.rawPayload,
    }
  }

  const findFile = async (path: string): Promise<CachedFile | null> => {
    if (!filePathPattern.test(path)) return null
    const file = files.get(path) ?? (await load(path))
    if (file) files.set(path, file)
    return file
  }

  const sendFile = async (request: FastifyRequest, reply: FastifyReply) => {
    const file = await findFile(request.url.split('?', 1)[0] ?? '')
    if (!file) return reply.callNotFound()
    reply.headers(file.headers)
    const isUnchanged = matchesIfNoneMatch(
      request.headers['if-none-match'],
      file.headers.etag?.replace(/^W\//, '') ?? '',
    )
    if (isUnchanged) return reply.code(304).removeHeader('content-type').send()
    return reply.code(file.status).send(file.bytes.length > 0 ? file.bytes : undefined)
  }

  for (const path of documentationPaths) {
    const config = { scope: 'public', helmet: { contentSecurityPolicy } } as const
    app.get(`${documentationPath}${path}`, { config, schema: { hide: true } }, sendFile)
  }
}
