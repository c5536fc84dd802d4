import type { Check, CheckContext } from './check.ts'
import { type Result, toVerdict } from './verdicts.ts'

const runCheck = async (check: Check, visit: CheckContext): Promise<Result> => {
  visit.forget()
  const end = async (): Promise<Pick<Result, 'verdict' | 'detail'>> => {
    try {
      return { verdict: 'ok', detail: await check.run(visit) }
    } catch (error) {
      return { verdict: toVerdict(error), detail: (error as Error).message }
    }
  }
  const { verdict, detail } = await end()
  return { name: check.name, request: visit.lastRequest(), verdict, detail }
}

/** Runs the checks one after the other, to put little load on the deployment. */
export const runChecks = async (checks: readonly Check[], visit: CheckContext): Promise<Result[]> => {
  const results: Result[] = []
  for (const check of checks) results.push(await runCheck(check, visit))
  return results
}
