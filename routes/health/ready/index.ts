import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ref } from '#schemas/fields.ts'
import { Health } from '#schemas/meta.ts'
import { Problem } from '#src/problems.ts'

const routes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '',
    {
      config: { scope: 'public', problems: ['overloaded'] },
      schema: {
        operationId: 'getHealthReady',
        tags: ['Gateway'],
        summary: 'Say whether the process takes requests',
        description:
          'Never depends on an upstream. 503 as soon as the process has been told to stop. `store` says whether the store answers; requests that need none are served without it.',
        response: { 200: ref(Health) },
      },
    },
    async () => {
      if (app.isStopping()) throw new Problem('overloaded', { detail: 'The process is stopping.', retryAfter: 1 })
      return { status: 'ok' as const, store: app.isStoreUp() ? ('ok' as const) : ('unavailable' as const) }
    },
  )
}

export default routes
