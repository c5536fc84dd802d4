import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { ref } from '#schemas/fields.ts'
import { params } from '#schemas/parameters.ts'
import { ProblemKind } from '#schemas/problem.ts'
import { pagePolicy } from '#src/lib/html-page.ts'
import { describeProblem, isProblemCode, Problem } from '#src/problems.ts'
import { renderExplanation } from './page.ts'

const htmlType = 'text/html'

const codeParameter = Type.String({
  pattern: '^[a-z-]{1,64}$',
  description: 'Code of a problem.',
  examples: ['unknown-property'],
})

const routes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '',
    {
      config: {
        scope: 'public',
        produces: ['application/json', htmlType],
        problems: ['not-found'],
        helmet: pagePolicy,
      },
      schema: {
        operationId: 'getProblem',
        tags: ['Gateway'],
        summary: 'Explain a problem',
        description:
          'Explains the meaning, the causes and the remedy of a problem. The `type` of each problem is the address of this page. Send `Accept: text/html` to get an HTML page.',
        params: params({ code: codeParameter }),
        response: {
          200: {
            description: 'The explanation of the problem.',
            content: {
              'application/json': { schema: ref(ProblemKind) },
              [htmlType]: { schema: Type.String({ examples: ['<!DOCTYPE html>'] }) },
            },
          },
        },
      },
    },
    async (request, reply) => {
      const { code } = request.params
      if (!isProblemCode(code)) throw new Problem('not-found', { detail: 'There is no such problem code.' })
      const description = describeProblem(code, app.publicPath)
      if (request.getPreferredType() !== htmlType) return reply.send(description)
      return reply.type(`${htmlType}; charset=utf-8`).send(renderExplanation(description))
    },
  )
}

export default routes
