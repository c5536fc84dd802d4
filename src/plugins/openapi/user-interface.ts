import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

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

/** Of what a client sends, what an answer depends on. */
const conditions = ['if-none-match', 'if-modified-since'] as const

/** Of an answer, what the gateway says itself. Parts are not given: a browser that asks for one gets the whole. */
const ofTheGateway = new Set(['connection', 'content-length', 'date', 'transfer-encoding', 'accept-ranges'])

/** Swagger UI: public, and no part of the API that it shows. */
export const userInterface = async (
  app: FastifyInstance,
  { documentation }: { documentation: () => Promise<FastifyInstance> },
): Promise<void> => {
  const pass = async (request: FastifyRequest, reply: FastifyReply) => {
    const named = conditions.filter((name) => request.headers[name] !== undefined)
    const headers = Object.fromEntries(named.map((name) => [name, request.headers[name]]))
    const answer = await (await documentation()).inject({ method: 'GET', url: request.url, headers })
    if (answer.statusCode === 404) return reply.callNotFound()
    reply.code(answer.statusCode)
    for (const [name, value] of Object.entries(answer.headers)) if (!ofTheGateway.has(name)) reply.header(name, value)
    const { location } = answer.headers
    if (location !== undefined) reply.header('location', `${app.publicPath}${location}`)
    return reply.send(answer.rawPayload.length > 0 ? answer.rawPayload : undefined)
  }
  for (const path of paths) {
    const config = { scope: 'public', helmet: { contentSecurityPolicy } } as const
    app.get(`${documentationPath}${path}`, { config, schema: { hide: true } }, pass)
  }
}
