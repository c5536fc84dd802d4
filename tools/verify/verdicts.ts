/** The result of a check. */
export type Verdict = 'ok' | 'broken' | 'skipped' | 'failed'

export interface Result {
  readonly name: string
  /** The last request, without e-mail addresses. */
  readonly request: string
  readonly verdict: Verdict
  readonly detail: string
}

/** The deployment violates the contract. */
export class BrokenContract extends Error {
  override readonly name = 'BrokenContract'
}

/** The check lacks an input or access. */
export class SkippedCheck extends Error {
  override readonly name = 'SkippedCheck'
}

/** The check failed to run: the deployment or an upstream did not answer. */
export class FailedCheck extends Error {
  override readonly name = 'FailedCheck'
}

export const assertContract: (condition: boolean, detail: string) => asserts condition = (condition, detail) => {
  if (!condition) throw new BrokenContract(detail)
}

export const toVerdict = (error: unknown): Verdict => {
  if (error instanceof BrokenContract) return 'broken'
  if (error instanceof SkippedCheck) return 'skipped'
  if (error instanceof FailedCheck) return 'failed'
  throw error
}
