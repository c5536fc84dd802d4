import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ref } from '#schemas/fields.ts'
import { Health } from '#schemas/meta.ts'

const routes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '',
    {
      config: { scope: 'public' },
      schema: {
        operationId: 'getHealthLive',
        tags: ['Gateway'],
        summary: 'Check whether the process is alive',
        description: 'Never calls an upstream.',
        response: { 200: ref(Health) },
      },
    },
    async () => ({ status: 'ok' as const }),
  )
}

export default routes
