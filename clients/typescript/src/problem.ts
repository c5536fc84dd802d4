import { catalogue, type ProblemCode } from './generated/problems.gen.ts'
import type { Problem, ProblemField, ProblemUpstream } from './generated/types.gen.ts'

/** A problem document of the gateway (RFC 9457), as an error. */
export class FoyerProblem extends Error implements Problem {
  override readonly name = 'FoyerProblem'
  declare readonly code: ProblemCode
  declare readonly status: number
  declare readonly type: string
  declare readonly title: string
  declare readonly detail: string
  declare readonly instance: string
  /** The id by which the operator finds the request in the log. */
  declare readonly requestId: string
  declare readonly errors?: ProblemField[]
  /** Seconds to wait before a new attempt. */
  declare readonly retryAfter?: number
  declare readonly redirectUrl?: string
  declare readonly outcome?: 'unknown'
  declare readonly upstream?: ProblemUpstream

  constructor(document: Problem) {
    super(`${document.title}: ${document.detail}`)
    Object.assign(this, document)
  }

  /** True if the same request may succeed later without a change. */
  get retryable(): boolean {
    return catalogue[this.code]?.retryable ?? false
  }
}

/** Returns the error that an operation throws. A proxy in front of the gateway may not send a problem document. */
export const toError = (error: unknown, response: Response | undefined): unknown => {
  if (!response || response.ok) return error
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json')
  if (isProblem) return new FoyerProblem(error as Problem)
  const { status } = response
  return Object.assign(new Error(`HTTP ${status}, and no problem document`, { cause: error }), { status })
}
