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
export class Broken extends Error {
  override readonly name = 'Broken'
}

/** Cannot be asked, for want of something. */
export class Skipped extends Error {
  override readonly name = 'Skipped'
}

/** Says nothing of the contract: no answer, or that of an upstream which fails. */
export class Failed extends Error {
  override readonly name = 'Failed'
}

export const hold: (condition: boolean, detail: string) => asserts condition = (condition, detail) => {
  if (!condition) throw new Broken(detail)
}

export const verdictOf = (error: unknown): Verdict => {
  if (error instanceof Broken) return 'broken'
  if (error instanceof Skipped) return 'skipped'
  if (error instanceof Failed) return 'failed'
  throw error
}
