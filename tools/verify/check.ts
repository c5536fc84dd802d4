import type { Deployment } from './deployment.ts'
import type { Samples } from './samples.ts'
import { Broken } from './verdicts.ts'

export interface Visit extends Deployment {
  readonly samples: Samples
}

export interface Check {
  readonly name: string
  /** Gives what is worth telling of it; throws how else it ended. */
  run(visit: Visit): Promise<string>
}

/** Of lists that grow while they are read, once more: a contract that is broken is broken twice. */
export const steadily = (check: Check): Check => ({
  ...check,
  run: (visit) =>
    check.run(visit).catch((error: unknown) => {
      if (error instanceof Broken) return check.run(visit)
      throw error
    }),
})

/** A path with more to its query. */
export const withQuery = (path: string, query: Readonly<Record<string, string | number>>): string => {
  const more = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) more.set(name, String(value))
  return `${path}${path.includes('?') ? '&' : '?'}${more}`
}
