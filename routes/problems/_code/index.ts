import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { ref } from '#schemas/fields.ts'
import { params } from '#schemas/parameters.ts'
import { ProblemKind } from '#schemas/problem.ts'
import { pagePolicy } from '#src/lib/html-page.ts'
import { describeProblem, isProblemCode, Problem } from '#src/problems.ts'
import { explanation } from './page.ts'

const html = 'text/html'

const code = Type.String({
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
        produces: ['application/json', html],
        problems: ['not-found'],
        helmet: pagePolicy,
      },
      schema: {
        operationId: 'getProblem',
        tags: ['Gateway'],
        summary: 'Explain a problem',
        description:
          'Explains the meaning, the causes and the remedy of a problem. The `type` of each problem is the address of this page. Send `Accept: text/html` to get an HTML page.',
        params: params({ code }),
        response: {
          200: {
            description: 'The explanation of the problem.',
            content: {
              'application/json': { schema: ref(ProblemKind) },
              [html]: { schema: Type.String({ examples: ['<!DOCTYPE html>'] }) },
            },
          },
        },
      },
    },
    async (request, reply) => {
      const { code } = request.params
      if (!isProblemCode(code)) throw new Problem('not-found', { detail: 'There is no such problem code.' })
      const description = describeProblem(code, app.publicPath)
      reply.header('vary', [reply.getHeader('vary') ?? [], 'Accept'].flat().join(', '))
      if (request.preferredType() !== html) return reply.send(description)
      return reply.type(`${html}; charset=utf-8`).send(explanation(description))
    },
  )
}

export default routes
