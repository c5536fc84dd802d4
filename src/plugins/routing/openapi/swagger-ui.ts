import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { matchesIfNoneMatch } from '../../response/caching/entity-tags.ts'

/** Allows only the page's own scripts. Swagger UI needs inline styles and `data:` icons. */
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

/** Listed one by one, so that the gateway knows their methods; other files are below `static/`. */
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

/** Accepts a single spelling of each path, so that each file is loaded once. */
const filePathPattern = /^\/docs(\/\w[\w.-]*)*\/?$/

/** Headers that the gateway sets itself. It does not serve ranges, so a range request gets the whole file. */
const gatewayHeaders = new Set(['connection', 'content-length', 'date', 'transfer-encoding', 'accept-ranges'])

interface CachedFile {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** All responses share these bytes, so unread responses need no further memory. */
  readonly bytes: Buffer
}

/** Serves Swagger UI on public routes that are not part of the documented API. */
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
