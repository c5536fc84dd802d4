/** How a check ends. */
export type Verdict = 'ok' | 'broken' | 'skipped' | 'failed'

export interface Result {
  readonly name: string
  /** The last one that it asked, without anybody's address. */
  readonly request: string
  readonly verdict: Verdict
  readonly detail: string
}

/** The deployment does not keep the contract. */
export class BrokenContract extends Error {
  override readonly name = 'BrokenContract'
}

/** Cannot be asked, for want of something. */
export class SkippedCheck extends Error {
  override readonly name = 'SkippedCheck'
}

/** Says nothing of the contract: no answer, or that of an upstream which fails. */
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
