import { type Static, Type } from 'typebox'
import { ProblemKind } from '#schemas/problem.ts'
import { problemCodes } from '#src/problems.ts'
import { defineTool } from '../tool.ts'

export const explainProblem = defineTool({
  name: 'explain_problem',
  title: 'Explain a problem',
  description:
    'Explains a problem code of this gateway: its meaning, who has to act, what to do, and whether to try again.',
  scope: null,
  input: {
    code: Type.Unsafe<string>({ type: 'string', enum: problemCodes, description: 'The code of a problem.' }),
  },
  // Without the example, whose schema would be the largest part of the tool. The assistant already has a problem
  // document.
  output: Type.Omit(ProblemKind, ['example'], { additionalProperties: false }),
  run: async ({ code }, get) => {
    const { example: _, ...kind } = await get<Static<typeof ProblemKind>>(['problems', code])
    const { title, status, meaning, remedy, actor, retryable } = kind
    const retryAdvice = retryable
      ? 'The same request may succeed later.'
      : 'The same request will not succeed by itself.'
    return {
      structured: kind,
      text: `${title} (${code}, ${status}): ${meaning} ${remedy} To act: ${actor}. ${retryAdvice}`,
    }
  },
})
