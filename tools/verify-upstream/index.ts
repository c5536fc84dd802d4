/** `foyer verify:upstream`: how live upstreams answer, and where they drift from the mapping tables. */
import { type Command, type Context, UsageError } from '../../cli/command.ts'
import { accountsOf } from './accounts.ts'
import { help, readOptions } from './options.ts'
import { asJson, asTable, exitCodeOf } from './report.ts'
import { type Report, runChecks } from './run.ts'

const isIdle = ({ results }: Report): boolean => results.every(({ status }) => status === 'skipped')

const run = async ({ args, env, out }: Context): Promise<number> => {
  const options = readOptions(args, new Date())
  const report = await runChecks(accountsOf(env, options.tenant), options)
  if (isIdle(report)) throw new UsageError('there is nothing to ask: give an id, such as --sid or --brokerage')
  out(options.json ? asJson(report) : asTable(report))
  return exitCodeOf(report)
}

export const verifyUpstream: Command = {
  help,
  run,
}
