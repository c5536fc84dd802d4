/** Asks one operation after the other, so that each one's drift and time are its own. */
import { isProblem, type Problem } from '#src/problems.ts'
import type { Accounts } from './accounts.ts'
import { type Check, Skipped, type Visit } from './check.ts'
import { checks } from './checks.ts'
import { type Clients, createClients, type Drift } from './clients.ts'
import { missingFields } from './missing.ts'
import { type Observation, observe } from './observe.ts'
import type { IdName, Options } from './options.ts'

/** `missing`: no record carries the field, which the gateway itself cannot tell from an absent value. */
export interface FieldDrift {
  readonly resource: string
  readonly field: string
  readonly kind: Drift['kind'] | 'missing'
  readonly count: number
}

export interface Result {
  readonly system: Check['system']
  readonly operation: string
  /** `ok`, `skipped`, or the code of a problem. */
  readonly status: string
  readonly records: number | null
  readonly milliseconds: number | null
  readonly drift: readonly FieldDrift[]
  /** Why it was skipped, or failed. */
  readonly reason: string | null
}

export interface Report {
  readonly results: readonly Result[]
  readonly observed: readonly Observation[]
}

/** The messages of parsers quote what they could not parse: those stay unsaid. */
const reasonOf = ({ fields }: Problem): string | null => {
  const { upstream, cause } = fields
  const told = cause instanceof Error && !(cause instanceof SyntaxError) ? cause.message : null
  const parts = [upstream?.status && `HTTP ${upstream.status}`, upstream?.code, told]
  return parts.filter(Boolean).join(', ') || null
}

const whyNot = ({ system, needs }: Check, { without }: Accounts, ids: Options['ids']): string | null => {
  const missing = needs.filter((name) => ids[name] === undefined)
  return without[system] ?? (missing.length > 0 ? `needs ${missing.map((name) => `--${name}`).join(' and ')}` : null)
}

const blank = ({ system, operation }: Check) => ({
  ...{ system, operation, status: 'skipped', records: null, milliseconds: null, drift: [], reason: null },
})

const keyOf = ({ resource, field, kind }: FieldDrift): string => `${resource} ${field} ${kind}`

const added = (before: readonly Drift[], after: readonly Drift[]): FieldDrift[] => {
  const total = (counts: readonly Drift[]) =>
    counts.reduce((sums, each) => sums.set(keyOf(each), (sums.get(keyOf(each)) ?? 0) + each.count), new Map())
  const [earlier, later] = [total(before), total(after)]
  return [...new Map(after.map((each) => [keyOf(each), each])).values()]
    .map((each) => ({ ...each, count: later.get(keyOf(each)) - (earlier.get(keyOf(each)) ?? 0) }))
    .filter(({ count }) => count > 0)
}

const failed = (check: Check, error: unknown): Result => {
  if (error instanceof Skipped) return { ...blank(check), reason: error.message }
  return isProblem(error)
    ? { ...blank(check), status: error.code, reason: reasonOf(error) }
    : { ...blank(check), status: 'internal' }
}

const runCheck = async (check: Check, visit: Visit): Promise<Result> => {
  const before = visit.clients.drift()
  const began = performance.now()
  const outcome = await check.ask(visit).catch((error: unknown) => failed(check, error))
  const milliseconds = Math.round(performance.now() - began)
  const drift = added(before, visit.clients.drift())
  if ('status' in outcome) return { ...outcome, drift, ...(outcome.status !== 'skipped' && { milliseconds }) }
  const found = { records: outcome.length, milliseconds, drift: [...drift, ...missingFields(check, outcome)] }
  return { ...blank(check), status: 'ok', ...found }
}

const visitOf = (clients: Clients, { ids, days }: Options): Visit => ({
  ...{ clients, days, known: {} },
  id: (name: IdName) => ids[name] as string,
  idIfGiven: (name: IdName) => ids[name],
})

export const runChecks = async (accounts: Accounts, options: Options): Promise<Report> => {
  const clients = createClients(accounts)
  const visit = visitOf(clients, options)
  try {
    const results: Result[] = []
    for (const check of checks) {
      const reason = whyNot(check, accounts, options.ids)
      results.push(reason === null ? await runCheck(check, visit) : { ...blank(check), reason })
    }
    return { results, observed: await observe(visit) }
  } finally {
    await clients.close()
  }
}
