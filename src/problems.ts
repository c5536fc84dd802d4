/** The error catalogue: every error that a caller can receive. RFC 9457 problem documents are made from it alone. */

import { ofAccess } from './problems/access.ts'
import { ofTheGateway } from './problems/gateway.ts'
import type { Kind, ProblemFields } from './problems/kind.ts'
import { ofRequests } from './problems/requests.ts'
import { ofObjects } from './problems/resources.ts'
import { ofUpstreams } from './problems/upstreams.ts'

export type { ProblemFields, UpstreamTrace } from './problems/kind.ts'

export const catalogue = { ...ofRequests, ...ofAccess, ...ofObjects, ...ofUpstreams, ...ofTheGateway }

export type ProblemCode = keyof typeof catalogue

export const kindOf = (code: ProblemCode): Kind => catalogue[code]

/** The one error class of the gateway: everything that reaches a caller is one of these. */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly fields: ProblemFields

  constructor(code: ProblemCode, fields: ProblemFields = {}) {
    // Only defects are logged with their frames. For a refusal, taking a stack would cost as much as writing the reply.
    const { stackTraceLimit } = Error
    if (code !== 'internal') Error.stackTraceLimit = 0
    super(code, fields.cause === undefined ? undefined : { cause: fields.cause })
    Error.stackTraceLimit = stackTraceLimit
    this.name = 'Problem'
    this.code = code
    this.fields = fields
  }

  get status(): number {
    return kindOf(this.code).status
  }
}

/** By name, since `instanceof` fails where a loader holds this module twice. */
export const isProblem = (error: unknown): error is Problem => error instanceof Error && error.name === 'Problem'

/** A query parameter that cannot be taken, and why, in words that go on from its name. */
export const refusedParameter = (name: string, message: string): Problem =>
  new Problem('invalid-request', { detail: `${name} ${message}.`, errors: [{ path: `query/${name}`, message }] })

/** The document that a caller receives, as in RFC 9457 section 3. Its `type` leads to a page below `publicPath`. */
export const toDocument = (problem: Problem, requestId: string, publicPath = '') => {
  const { status, title, meaning } = kindOf(problem.code)
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
    ...(upstream && { upstream }),
  }
}

/** By status. */
export const problemCodes = (Object.keys(catalogue) as ProblemCode[]).sort(
  (a, b) => kindOf(a).status - kindOf(b).status,
)

export const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(catalogue, code)

const exampleRequestId = '4cf5a2a2-6a3f-4e55-9d6c-0c1b0d2f9c11'

/** A document of this kind, as a caller might receive it. */
export const exampleOf = (code: ProblemCode, publicPath?: string) =>
  toDocument(new Problem(code, kindOf(code).example), exampleRequestId, publicPath)

export const describeProblem = (code: ProblemCode, publicPath?: string) => {
  const { status, title, meaning, causes, remedy, actor, retryable } = kindOf(code)
  return {
    code,
    status,
    title,
    meaning,
    causes: [...causes],
    remedy,
    actor,
    retryable,
    example: exampleOf(code, publicPath),
  }
}
