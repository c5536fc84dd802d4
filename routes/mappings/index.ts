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
        description: 'Lists the source of each canonical field. The gateway itself uses these tables.',
        response: { 200: ref(MappingCatalogue) },
      },
    },
    async () => ({ data: app.gateway.mappings().map((table) => ({ ...table, fields: [...table.fields] })) }),
  )
}

export default routes
