import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isNamedIn } from '../../response/caching/entity-tags.ts'

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
const paths = [
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
const filePath = /^\/docs(\/\w[\w.-]*)*\/?$/

/** Headers that the gateway sets itself. Ranges are not served: a browser that asks for one gets the whole file. */
const ofTheGateway = new Set(['connection', 'content-length', 'date', 'transfer-encoding', 'accept-ranges'])

interface File {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** The same bytes for all replies, however many clients leave theirs unread. */
  readonly bytes: Buffer
}

/** Swagger UI: public, and no part of the API that it shows. */
export const userInterface = async (
  app: FastifyInstance,
  { documentation }: { documentation: () => Promise<FastifyInstance> },
): Promise<void> => {
  const files = new Map<string, File>()

  const load = async (path: string): Promise<File | null> => {
    const answer = await (await documentation()).inject({ method: 'GET', url: path })
    if (answer.statusCode >= 400) return null
    const entries = Object.entries(answer.headers).filter(([name]) => !ofTheGateway.has(name))
    const headers = Object.fromEntries(entries) as Record<string, string>
    const { location } = headers
    return {
      status: answer.statusCode,
      headers: { ...headers, ...(location !== undefined && { location: `${app.publicPath}${location}` }) },
      bytes: answer.rawPayload,
    }
  }

  const findFile = async (path: string): Promise<File | null> => {
    if (!filePath.test(path)) return null
    const file = files.get(path) ?? (await load(path))
    if (file) files.set(path, file)
    return file
  }

  const sendFile = async (request: FastifyRequest, reply: FastifyReply) => {
    const file = await findFile(request.url.split('?', 1)[0] ?? '')
    if (!file) return reply.callNotFound()
    reply.headers(file.headers)
    const isUnchanged = isNamedIn(request.headers['if-none-match'], file.headers.etag?.replace(/^W\//, '') ?? '')
    if (isUnchanged) return reply.code(304).removeHeader('content-type').send()
    return reply.code(file.status).send(file.bytes.length > 0 ? file.bytes : undefined)
  }

  for (const path of paths) {
    const config = { scope: 'public', helmet: { contentSecurityPolicy } } as const
    app.get(`${documentationPath}${path}`, { config, schema: { hide: true } }, sendFile)
  }
}
