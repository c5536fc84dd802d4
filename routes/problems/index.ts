import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { ref } from '#schemas/fields.ts'
import { ProblemCatalogue } from '#schemas/meta.ts'
import { pagePolicy } from '#src/lib/html-page.ts'
import { describeProblem, problemCodes } from '#src/problems.ts'
import { renderProblemList } from './page.ts'

const htmlType = 'text/html'

const routes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '',
    {
      config: { scope: 'public', produces: ['application/json', htmlType], helmet: pagePolicy },
      schema: {
        operationId: 'listProblems',
        tags: ['Gateway'],
        summary: 'List the error catalogue',
        description: 'Lists every problem that an operation may return. Send `Accept: text/html` to get an HTML page.',
        response: {
          200: {
            description: 'Every problem.',
            content: {
              'application/json': { schema: ref(ProblemCatalogue) },
              [htmlType]: { schema: Type.String({ examples: ['<!DOCTYPE html>'] }) },
            },
          },
        },
      },
    },
    async (request, reply) => {
      const data = problemCodes.map((code) => describeProblem(code, app.publicPath))
      if (request.getPreferredType() !== htmlType) return reply.send({ data })
      return reply.type(`${htmlType}; charset=utf-8`).send(renderProblemList(data, app.publicPath))
    },
  )
}

export default routes
