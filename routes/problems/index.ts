import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ref } from '#schemas/fields.ts'
import { ProblemCatalogue } from '#schemas/meta.ts'
import { describeProblem, problemCodes } from '#src/problems.ts'

const routes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '',
    {
      config: { scope: 'public' },
      schema: {
        operationId: 'listProblems',
        tags: ['Gateway'],
        summary: 'List the error catalogue',
        description: 'Lists every problem that an operation may return.',
        response: { 200: ref(ProblemCatalogue) },
      },
    },
    async () => ({ data: problemCodes.map((code) => describeProblem(code, app.publicPath)) }),
  )
}

export default routes
