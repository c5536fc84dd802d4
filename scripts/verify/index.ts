import type { Environment } from '#src/config/environment.ts'
import { accountsOf } from './accounts.ts'
import { help, readOptions, UsageError } from './options.ts'
import { asJson, asTable, exitCodeOf } from './report.ts'
import { type Report, runChecks } from './run.ts'

export interface Output {
  out(text: string): void
  err(text: string): void
}

const isIdle = ({ results }: Report): boolean => results.every(({ status }) => status === 'skipped')

const attempt = async (args: readonly string[], env: Environment, { out }: Output): Promise<number> => {
  const options = readOptions(args, new Date())
  if (options === null) {
    out(help)
    return 0
  }
  const report = await runChecks(accountsOf(env, options.tenant), options)
  if (isIdle(report)) throw new UsageError('there is nothing to ask: give an id, such as --sid or --brokerage')
  out(options.json ? asJson(report) : asTable(report))
  return exitCodeOf(report)
}

/** Runs the command, and gives its exit code. */
export const verify = async (args: readonly string[], env: Environment, output: Output): Promise<number> => {
  try {
    return await attempt(args, env, output)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    output.err(`${error.message}.\nnpm run verify:upstream -- --help says more.\n`)
    return 64
  }
}
