import fp from 'fastify-plugin'
import { requireScope } from '#src/access.ts'
import { atOnce } from './at-once.ts'

/** Whether the route's own scope allows the caller; by its config, never by its URL. */
export default fp(
  async (app) => {
    app.addHook(
      'onRequest',
      atOnce(({ caller, route }) => {
        const { scope } = route.config
        if (caller && scope !== undefined && scope !== 'any' && scope !== 'public') requireScope(caller, scope)
      }),
    )
    app.addHook(
      'preHandler',
      atOnce(({ caller, query }) => {
        if (caller && (query as { include?: string }).include === 'source') requireScope(caller, 'source:read')
      }),
    )
  },
  { name: 'authorization', dependencies: ['authentication'] },
)
