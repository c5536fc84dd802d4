import type { FastifyPluginAsync } from 'fastify'
import { pagePolicy, renderPage } from '#src/lib/html-page.ts'
import { Problem } from '#src/problems.ts'

const htmlType = 'text/html'

const links: readonly (readonly [path: string, name: string, description: string])[] = [
  ['/docs', 'API documentation', 'every operation, with examples that you can run'],
  ['/openapi.json', 'OpenAPI document', 'the same as a file for tools'],
  ['/problems', 'Problems', 'every error, its causes and its remedy'],
  ['/mappings', 'Mappings', 'the source of each field'],
  ['/health/ready', 'Health', 'whether the gateway accepts requests'],
]

const routes: FastifyPluginAsync = async (app) => {
  const items = links.map(([path, name, text]) => `<li><a href="${app.publicPath}${path}">${name}</a>: ${text}</li>`)
  const home = renderPage('Foyer', '<p>One REST API over Spacio and LionDesk.</p>', `<ul>${items.join('')}</ul>`)
  app.get(
    '/',
    {
      // As a method guard, the route is unknown to the guards: other methods get 404, as clients that accept no HTML do.
      config: { scope: 'public', produces: ['application/json', htmlType], helmet: pagePolicy, isMethodGuard: true },
      schema: { hide: true },
      onRequest: async (request) => {
        if (request.getPreferredType() !== htmlType)
          throw new Problem('not-found', { detail: 'This route does not exist.' })
      },
    },
    async (_request, reply) => reply.type(`${htmlType}; charset=utf-8`).send(home),
  )
}

export default routes
