/** Parses the command line. */

import { dayMs } from '#src/lib/units.ts'
import { readArguments, UsageError } from '../../cli/command.ts'

export const help = `Sends the gateway's calls to a live Spacio and LionDesk, and reports how they answer and where they drift.

  foyer verify:upstream --sid 10101 --agent a@example.com --brokerage b1 --team t1 --event 7

Credentials come from the gateway's own variables: SPACIO_API_KEY, SPACIO_BASE_URL, LIONDESK_ACCESS_TOKEN,
LIONDESK_BASE_URL, or FOYER_TENANTS_FILE. An upstream without credentials is skipped.

  --sid N              a property: getProperty, getOHSessions and, with its agent's token, getRegistrants
  --agent EMAIL        an agent: getAccessToken, getProperties
  --manager EMAIL      a brokerage manager: getAccessTokenBM
  --brokerage ID       getRegistrantsByBrokerage (v2, v1), getClaimedList, getActivityList, getOHSessionCounts
  --team ID            getRegistrantsByTeam
  --event ID           a LionDesk event: find, get, getEvent, and with its contact findEvents, getContact, findContacts
  --from, --to DAY     UTC days of the reports, YYYY-MM-DD; by default the last 7 days
  --tenant ID          the tenant in FOYER_TENANTS_FILE
  --json               one JSON document, for CI

An operation is skipped if its id is missing. The command only reads: it sends only GET to LionDesk. It requests tokens
from Spacio, which may invalidate earlier tokens of the same agent; the gateway then fetches new ones. The command makes
about a dozen calls, and one more per 100 leads. They count against the hourly limit of the key, but not against the
budget of a gateway, which leaves 5 % of the limit unused. The command prints no personal data and no secrets.

  exit 0   every requested operation succeeds, and nothing drifts
       1   there is drift: a field is unknown, unreadable, or missing in every record
       2   an operation failed, or wrong usage
`

export type IdName = 'sid' | 'agent' | 'manager' | 'brokerage' | 'team' | 'event'

export interface Options {
  readonly ids: Partial<Record<IdName, string>>
  readonly days: { readonly startDate: string; readonly endDate: string }
  readonly tenant: string | undefined
  readonly json: boolean
}

const email = { pattern: /^[^\s@]+@[^\s@]+$/, description: 'an e-mail address' }
const id = { pattern: /^[A-Za-z0-9_-]{1,64}$/, description: 'up to 64 letters, digits, - and _' }

const rules: Record<IdName, { pattern: RegExp; description: string }> = {
  sid: { pattern: /^[1-9]\d{0,9}$/, description: 'a whole number' },
  agent: email,
  manager: email,
  brokerage: id,
  team: id,
  event: id,
}

const names = Object.keys(rules) as IdName[]

const parse = (args: readonly string[]) => {
  const texts = [...names, 'from', 'to', 'tenant'].map((name) => [name, { type: 'string' as const }])
  const { values } = readArguments(args, { ...Object.fromEntries(texts), json: { type: 'boolean' as const } })
  return values as Record<string, string | boolean | undefined>
}

const toText = (value: string | boolean | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined

const readIds = (values: ReturnType<typeof parse>): Options['ids'] => {
  const idValues = names.flatMap((name) => {
    const value = toText(values[name])
    if (value === undefined) return []
    if (!rules[name].pattern.test(value)) throw new UsageError(`--${name} must be ${rules[name].description}`)
    return [[name, value]]
  })
  return Object.fromEntries(idValues)
}

const toDay = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(0, 10)

const parseDay = (name: string, value: string | undefined): number | undefined => {
  if (value === undefined) return undefined
  const moment = /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(value) : Number.NaN
  if (Number.isNaN(moment) || toDay(moment) !== value) throw new UsageError(`--${name} must be a day, YYYY-MM-DD`)
  return moment
}

const readDays = (values: ReturnType<typeof parse>, now: Date): Options['days'] => {
  const to = parseDay('to', toText(values.to)) ?? now.getTime()
  const from = parseDay('from', toText(values.from)) ?? to - 6 * dayMs
  if (from > to) throw new UsageError('--from is after --to')
  return { startDate: toDay(from), endDate: toDay(to) }
}

export const readOptions = (args: readonly string[], now: Date): Options => {
  const values = parse(args)
  return {
    ids: readIds(values),
    days: readDays(values, now),
    tenant: toText(values.tenant),
    json: values.json === true,
  }
}
