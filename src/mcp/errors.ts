import { getProblemDefinition, isProblem, isProblemCode, Problem, toProblemDocument } from '#src/problems.ts'
import { isProblemError, type ProblemDocument } from './internal-client.ts'

/** Returns the problem document of an error. An unknown error becomes `internal`, without details. */
export const toToolProblem = (error: unknown, requestId: string, publicPath?: string): ProblemDocument => {
  if (isProblemError(error)) return error.document
  return toProblemDocument(isProblem(error) ? error : new Problem('internal', { cause: error }), requestId, publicPath)
}

/** Returns what the caller can do about the problem. */
const listRemedies = ({ code, retryAfter, redirectUrl }: ProblemDocument): string[] => {
  if (retryAfter !== undefined) return [`Try again in ${retryAfter} ${retryAfter === 1 ? 'second' : 'seconds'}.`]
  const remedy = isProblemCode(code) ? [getProblemDefinition(code).remedy] : []
  return redirectUrl === undefined ? remedy : [...remedy, `redirectUrl: ${redirectUrl}`]
}

/** Returns the invalid arguments. `detail` already names a single one. */
const listArgumentErrors = ({ errors = [] }: ProblemDocument): string[] =>
  errors.length < 2 ? [] : errors.map(({ path, message }) => `- ${path.replace(/^(query|path)\//, '')} ${message}`)

/** Formats a problem as text for a language model, which decides whether to try again. */
export const formatProblem = (document: ProblemDocument): string => {
  const { code, status, title, detail, requestId } = document
  const head = `${title} (${code}, ${status}): ${detail.replace(/^(query|path)\//, '')}`
  return [head, ...listArgumentErrors(document), ...listRemedies(document), `requestId: ${requestId}`].join('\n')
}
