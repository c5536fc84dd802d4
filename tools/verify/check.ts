import type { Deployment } from './deployment.ts'
import type { Samples } from './samples.ts'
import { BrokenContract } from './verdicts.ts'

export interface CheckContext extends Deployment {
  readonly samples: Samples
}

export interface Check {
  readonly name: string
  /** Gives what is worth telling of it; throws how else it ended. */
  run(visit: CheckContext): Promise<string>
}

/** Of lists that grow while they are read, once more: a contract that is broken is broken twice. */
export const retryOnce = (check: Check): Check => ({
  ...check,
  run: (context) =>
    check.run(context).catch((error: unknown) => {
      if (error instanceof BrokenContract) return check.run(context)
      throw error
    }),
})

/** A path with more to its query. */
export const withQuery = (path: string, query: Readonly<Record<string, string | number>>): string => {
  const more = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) more.set(name, String(value))
  return `${path}${path.includes('?') ? '&' : '?'}${more}`
}
