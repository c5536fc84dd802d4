import type { Check, CheckContext } from './check.ts'
import { type Result, toVerdict } from './verdicts.ts'

const runCheck = async (check: Check, context: CheckContext): Promise<Result> => {
  context.forget()
  const end = async (): Promise<Pick<Result, 'verdict' | 'detail'>> => {
    try {
      return { verdict: 'ok', detail: await check.run(context) }
    } catch (error) {
      return { verdict: toVerdict(error), detail: (error as Error).message }
    }
  }
  const { verdict, detail } = await end()
  return { name: check.name, request: context.lastRequest(), verdict, detail }
}

/** Runs the checks one after the other, to put little load on the deployment. */
export const runChecks = async (checks: readonly Check[], context: CheckContext): Promise<Result[]> => {
  const results: Result[] = []
  for (const check of checks) results.push(await runCheck(check, context))
  return results
}
