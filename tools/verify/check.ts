import type { Deployment } from './deployment.ts'
import type { Samples } from './samples.ts'
import { BrokenContract } from './verdicts.ts'

export interface CheckContext extends Deployment {
  readonly samples: Samples
}

export interface Check {
  readonly name: string
  /** Returns a detail for the report. Throws one of the errors of `verdicts.ts` otherwise. */
  run(context: CheckContext): Promise<string>
}

/** Runs a failed check again, because a list may change during the first run. A broken contract fails twice. */
export const retryOnce = (check: Check): Check => ({
  ...check,
  run: (context) =>
    check.run(context).catch((error: unknown) => {
      if (error instanceof BrokenContract) return check.run(context)
      throw error
    }),
})

/** Adds parameters to the query of a path. */
export const withQuery = (path: string, query: Readonly<Record<string, string | number>>): string => {
  const more = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) more.set(name, String(value))
  return `${path}${path.includes('?') ? '&' : '?'}${more}`
}
