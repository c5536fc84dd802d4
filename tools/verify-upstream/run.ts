/** Runs the checks one after the other, so that drift and duration belong to one operation. */
import { isProblem, type Problem } from '#src/problems.ts'
import type { Accounts } from './accounts.ts'
import { type Check, type CheckContext, SkippedCheck } from './check.ts'
import { checks } from './checks.ts'
import { type Clients, createClients, type Drift } from './clients.ts'
import { type FieldDrift, findMissingFields } from './missing.ts'
import { type Observation, observe } from './observe.ts'
import type { IdName, Options } from './options.ts'

export interface Result {
  readonly system: Check['system']
  readonly operation: string
  /** `ok`, `skipped`, or the code of a problem. */
  readonly status: string
  readonly records: number | null
  readonly milliseconds: number | null
  readonly drift: readonly FieldDrift[]
  /** Reason for a skipped or failed check. */
  readonly reason: string | null
}

export interface Report {
  readonly results: readonly Result[]
  readonly observed: readonly Observation[]
}

/** Omits messages of JSON parsers, which quote the data. */
const explainProblem = ({ fields }: Problem): string | null => {
  const { upstream, cause } = fields
  const detail = cause instanceof Error && !(cause instanceof SyntaxError) ? cause.message : null
  const parts = [upstream?.status && `HTTP ${upstream.status}`, upstream?.code, detail]
  return parts.filter(Boolean).join(', ') || null
}

const explainSkip = ({ system, needs }: Check, { missingReasons }: Accounts, ids: Options['ids']): string | null => {
  const missing = needs.filter((name) => ids[name] === undefined)
  return (
    missingReasons[system] ?? (missing.length > 0 ? `needs ${missing.map((name) => `--${name}`).join(' and ')}` : null)
  )
}

const createBlankResult = ({ system, operation }: Check) => ({
  ...{ system, operation, status: 'skipped', records: null, milliseconds: null, drift: [], reason: null },
})

const toDriftKey = ({ resource, field, kind }: FieldDrift): string => `${resource} ${field} ${kind}`

const listNewDrift = (before: readonly Drift[], after: readonly Drift[]): FieldDrift[] => {
  const total = (counts: readonly Drift[]) =>
    counts.reduce((sums, each) => sums.set(toDriftKey(each), (sums.get(toDriftKey(each)) ?? 0) + each.count), new Map())
  const [earlier, later] = [total(before), total(after)]
  return [...new Map(after.map((each) => [toDriftKey(each), each])).values()]
    .map((each) => ({ ...each, count: later.get(toDriftKey(each)) - (earlier.get(toDriftKey(each)) ?? 0) }))
    .filter(({ count }) => count > 0)
}

const createFailedResult = (check: Check, error: unknown): Result => {
  if (error instanceof SkippedCheck) return { ...createBlankResult(check), reason: error.message }
  return isProblem(error)
    ? { ...createBlankResult(check), status: error.code, reason: explainProblem(error) }
    : { ...createBlankResult(check), status: 'internal' }
}

const runCheck = async (check: Check, context: CheckContext): Promise<Result> => {
  const before = context.clients.drift()
  const startedAt = performance.now()
  const outcome = await check.run(context).catch((error: unknown) => createFailedResult(check, error))
  const milliseconds = Math.round(performance.now() - startedAt)
  const drift = listNewDrift(before, context.clients.drift())
  if ('status' in outcome) return { ...outcome, drift, ...(outcome.status !== 'skipped' && { milliseconds }) }
  const driftCounts = { records: outcome.length, milliseconds, drift: [...drift, ...findMissingFields(check, outcome)] }
  return { ...createBlankResult(check), status: 'ok', ...driftCounts }
}

const createContext = (clients: Clients, { ids, days }: Options): CheckContext => ({
  ...{ clients, days, findings: {} },
  requireId: (name: IdName) => ids[name] as string,
  findId: (name: IdName) => ids[name],
})

export const runChecks = async (accounts: Accounts, options: Options): Promise<Report> => {
  const clients = createClients(accounts)
  const context = createContext(clients, options)
  try {
    const results: Result[] = []
    for (const check of checks) {
      const reason = explainSkip(check, accounts, options.ids)
      results.push(reason === null ? await runCheck(check, context) : { ...createBlankResult(check), reason })
    }
    return { results, observed: await observe(context) }
  } finally {
    await clients.close()
  }
}
