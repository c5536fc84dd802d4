/** `foyer verify:upstream`: checks how live upstreams answer, and where they drift from the mapping tables. */
import { type Command, type Context, UsageError } from '../../cli/command.ts'
import { readAccounts } from './accounts.ts'
import { help, readOptions } from './options.ts'
import { formatJson, formatTable, getExitCode } from './report.ts'
import { type Report, runChecks } from './run.ts'

const isIdle = ({ results }: Report): boolean => results.every(({ status }) => status === 'skipped')

const run = async ({ args, env, out }: Context): Promise<number> => {
  const options = readOptions(args, new Date())
  const report = await runChecks(readAccounts(env, options.tenant), options)
  if (isIdle(report)) throw new UsageError('there is nothing to check: name an id, such as --sid or --brokerage')
  out(options.json ? formatJson(report) : formatTable(report))
  return getExitCode(report)
}

export const verifyUpstream: Command = {
  help,
  run,
}
