import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ref } from '#schemas/fields.ts'
import { MappingCatalogue } from '#schemas/meta.ts'

const routes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '',
    {
      config: { scope: 'public' },
      schema: {
        operationId: 'listMappings',
        tags: ['Gateway'],
        summary: 'List the mapping tables',
        description: 'Where each canonical field comes from, as data: the very tables that the gateway works by.',
        response: { 200: ref(MappingCatalogue) },
      },
    },
    async () => ({ data: app.gateway.mappings().map((table) => ({ ...table, fields: [...table.fields] })) }),
  )
}

export default routes
