import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { ref } from '#schemas/fields.ts'
import { params } from '#schemas/parameters.ts'
import { ProblemKind } from '#schemas/problem.ts'
import { describeProblem, isProblemCode, Problem } from '#src/problems.ts'

const code = Type.String({
  pattern: '^[a-z-]{1,64}$',
  description: 'Code of a problem.',
  examples: ['unknown-property'],
})

const routes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '',
    {
      config: { scope: 'public', problems: ['not-found'] },
      schema: {
        operationId: 'getProblem',
        tags: ['Gateway'],
        summary: 'Explain a problem',
        description: 'What a problem means and what to do about it; the `type` of each problem leads here.',
        params: params({ code }),
        response: { 200: ref(ProblemKind) },
      },
    },
    async ({ params }) => {
      if (!isProblemCode(params.code)) throw new Problem('not-found', { detail: 'There is no such problem code.' })
      return describeProblem(params.code)
    },
  )
}

export default routes
