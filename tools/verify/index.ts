/** `foyer verify`: checks whether a deployment fulfils the contract. */
import { type Command, type Context, toJson, UsageError } from '../../cli/command.ts'
import { createChecks } from './checks/index.ts'
import { readContract } from './contract.ts'
import { createDeployment, type Deployment } from './deployment.ts'
import { help, readOptions } from './options.ts'
import { formatReport, formatTable, getExitCode } from './report.ts'
import { runChecks } from './run.ts'
import { findSamples } from './samples.ts'
import { FailedCheck } from './verdicts.ts'

/** Returns true if the deployment requires authentication. It must if the user has credentials. */
const probeAuth = async ({ ask, hasCredentials }: Deployment): Promise<boolean> => {
  const answer = await ask('/upstreams', { anonymous: true, skipsContract: true })
  return hasCredentials || answer.status === 401
}

/** A failure before the first check is a usage error. */
const mapUsageErrors = async <T>(attempt: Promise<T>, url: string): Promise<T> =>
  attempt.catch((error: unknown) => {
    if (error instanceof FailedCheck) throw new UsageError(`${url} cannot be reached: ${error.message}`)
    throw error
  })

const run = async ({ args, env, out }: Context): Promise<number> => {
  const options = readOptions(args, env)
  const contract = readContract(options.document, options.allowsNewFields)
  const { url, credentials } = options
  const deployment = createDeployment({ url, credentials, contract })
  const start = async () => {
    const authenticates = await probeAuth(deployment)
    return { authenticates, samples: await findSamples(deployment, options.ids) }
  }
  const { authenticates, samples } = await mapUsageErrors(start(), url)
  const all = createChecks(contract, samples, { writes: options.writes, authenticates })
  const checks = all.filter(({ name }) => name.includes(options.only))
  if (checks.length === 0) throw new UsageError(`--only: no name of a check contains ${options.only}`)
  const results = await runChecks(checks, { ...deployment, samples })
  const report = { url, contract: options.contract, results }
  out(options.json ? toJson(formatReport(report)) : formatTable(report))
  return getExitCode(results)
}

export const verify: Command = { help, run }
