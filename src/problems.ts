/** The error catalogue: every error that a caller can receive. All problem documents (RFC 9457) come from it. */

import { accessProblems } from './problems/access.ts'
import type { ProblemDefinition, ProblemFields } from './problems/definition.ts'
import { gatewayProblems } from './problems/gateway.ts'
import { requestProblems } from './problems/requests.ts'
import { resourceProblems } from './problems/resources.ts'
import { upstreamProblems } from './problems/upstreams.ts'

export type { ProblemFields, UpstreamTrace } from './problems/definition.ts'

export const problemCatalogue = {
  ...requestProblems,
  ...accessProblems,
  ...resourceProblems,
  ...upstreamProblems,
  ...gatewayProblems,
}

export type ProblemCode = keyof typeof problemCatalogue

export const getProblemDefinition = (code: ProblemCode): ProblemDefinition => problemCatalogue[code]

/** The only error class that reaches callers. */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly fields: ProblemFields

  constructor(code: ProblemCode, fields: ProblemFields = {}) {
    // Only bugs need stack frames. For a rejection, capturing a stack would double the cost of the response.
    const { stackTraceLimit } = Error
    if (code !== 'internal') Error.stackTraceLimit = 0
    super(code, fields.cause === undefined ? undefined : { cause: fields.cause })
    Error.stackTraceLimit = stackTraceLimit
    this.name = 'Problem'
    this.code = code
    this.fields = fields
  }

  get status(): number {
    return getProblemDefinition(this.code).status
  }
}

/** Compares the name, because `instanceof` fails if a loader has two copies of this module. */
export const isProblem = (error: unknown): error is Problem => error instanceof Error && error.name === 'Problem'

/** Where a request has a value. */
export type RequestPart = 'query' | 'body' | 'header'

/** Creates the problem of an invalid parameter or field. `message` follows its name. */
export const createParameterProblem = (name: string, message: string, part: RequestPart = 'query'): Problem => {
  const path = `${part}/${name}`
  return new Problem('invalid-request', {
    detail: `${part === 'body' ? path : name} ${message}.`,
    errors: [{ path, message }],
  })
}

/** Creates the problem of a value that is well-formed but cannot be used. `message` follows `subject`. */
export const createUnprocessableProblem = (
  path: string,
  subject: string,
  message: string,
  more: { advice?: string; cause?: unknown } = {},
): Problem => {
  const { advice = '', cause } = more
  return new Problem('unprocessable', {
    detail: `${subject} ${message}.${advice}`,
    errors: [{ path, message }],
    ...(cause !== undefined && { cause }),
  })
}

/** Returns the problem document (RFC 9457, section 3). Its `type` is the path of a page below `publicPath`. */
export const toProblemDocument = (problem: Problem, requestId: string, publicPath = '') => {
  const { status, title, meaning } = getProblemDefinition(problem.code)
  const { detail, errors, retryAfter, redirectUrl, outcome, upstream } = problem.fields
  return {
    type: `${publicPath}/problems/${problem.code}`,
    title,
    status,
    detail: detail ?? meaning,
    instance: `urn:foyer:request:${requestId}`,
    code: problem.code,
    requestId,
    ...(errors && { errors }),
    ...(retryAfter !== undefined && { retryAfter }),
    ...(redirectUrl && { redirectUrl }),
    ...(outcome && { outcome }),
    // Without an `Idempotency-Key`, a repetition could write twice.
    ...(upstream && { upstream: outcome === 'unknown' ? { ...upstream, retryable: false } : upstream }),
  }
}

/** Sorted by status. */
export const problemCodes = (Object.keys(problemCatalogue) as ProblemCode[]).sort(
  (a, b) => getProblemDefinition(a).status - getProblemDefinition(b).status,
)

export const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(problemCatalogue, code)

const exampleRequestId = '4cf5a2a2-6a3f-4e55-9d6c-0c1b0d2f9c11'

/** Returns an example document for the documentation. */
export const createExampleDocument = (code: ProblemCode, publicPath?: string) =>
  toProblemDocument(new Problem(code, getProblemDefinition(code).example), exampleRequestId, publicPath)

export const describeProblem = (code: ProblemCode, publicPath?: string) => {
  const { status, title, meaning, causes, remedy, actor, retryable } = getProblemDefinition(code)
  return {
    code,
    status,
    title,
    meaning,
    causes: [...causes],
    remedy,
    actor,
    retryable,
    example: createExampleDocument(code, publicPath),
  }
}
