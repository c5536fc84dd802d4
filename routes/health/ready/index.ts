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
        summary: 'Check whether the process accepts requests',
        description:
          'Never calls an upstream. The response is 503 once the process is shutting down. `store` shows whether the store is available; requests that do not need the store work without it.',
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
