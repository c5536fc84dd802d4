import { getProblemDefinition, isProblem, isProblemCode, Problem, toProblemDocument } from '#src/problems.ts'
import { isProblemError, type ProblemDocument } from './internal-client.ts'

/** The document of whatever went wrong; of a defect of ours it tells nothing. */
export const toToolProblem = (error: unknown, requestId: string, publicPath?: string): ProblemDocument => {
  if (isProblemError(error)) return error.document
  return toProblemDocument(isProblem(error) ? error : new Problem('internal', { cause: error }), requestId, publicPath)
}

/** What is to be done about it, in a sentence or two. */
const listRemedies = ({ code, retryAfter, redirectUrl }: ProblemDocument): string[] => {
  if (retryAfter !== undefined) return [`Try again in ${retryAfter} ${retryAfter === 1 ? 'second' : 'seconds'}.`]
  const remedy = isProblemCode(code) ? [getProblemDefinition(code).remedy] : []
  return redirectUrl === undefined ? remedy : [...remedy, `redirectUrl: ${redirectUrl}`]
}

/** The arguments that are to be mended; a single one the detail has named already. */
const listArgumentErrors = ({ errors = [] }: ProblemDocument): string[] =>
  errors.length < 2 ? [] : errors.map(({ path, message }) => `- ${path.replace(/^(query|path)\//, '')} ${message}`)

/** A problem in words that say what to do: whoever reads them decides whether to try again, and with what. */
export const formatProblem = (document: ProblemDocument): string => {
  const { code, status, title, detail, requestId } = document
  const head = `${title} (${code}, ${status}): ${detail.replace(/^(query|path)\//, '')}`
  return [head, ...listArgumentErrors(document), ...listRemedies(document), `requestId: ${requestId}`].join('\n')
}
