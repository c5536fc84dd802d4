import { createDriftLog } from '#src/mapping/drift.ts'
import type { MappedField } from '#src/mapping/mapping.ts'
import { Problem } from '#src/problems.ts'
import { createLionDesk, type LionDesk, type TokenSource } from './liondesk/index.ts'
import { liondeskMappings } from './liondesk/mapping.ts'
import { createLionDeskOAuth, type LionDeskOAuth } from './liondesk/oauth.ts'
import { createSpacio, type Spacio } from './spacio/index.ts'
import { spacioMappings } from './spacio/mappings/index.ts'
import type { BudgetFigures, Transport } from './transport/index.ts'
import { createSameBytes } from './transport/response-memo.ts'
import { createSlices } from './transport/slices.ts'

export type { EventPropertyRow, LionDesk, TokenSource } from './liondesk/index.ts'
export type { Application, IssuedTokens, LionDeskOAuth, LionDeskUser } from './liondesk/oauth.ts'
export { isWhatWasSent } from './liondesk/same-record.ts'
export type { Admit, LeadReport, LeadRow, ReadContext, ReportSource, Spacio } from './spacio/index.ts'

export interface TenantAccounts {
  readonly id: string
  readonly spacio: { readonly baseUrl: string; readonly apiKey: string; readonly hourlyBudget: number }
  readonly liondesk: { readonly baseUrl: string }
}

/** The upstreams of each tenant: clients, and with them tokens and memory, are never shared between tenants. */
export interface Upstreams {
  /** From now on these tenants; one whose accounts are as they were keeps what it remembers. */
  configure(tenants: readonly TenantAccounts[]): void
  spacio(tenant: string): Spacio
  /** A client that acts for the LionDesk account that the tokens are of. */
  liondesk(tenant: string, tokens: TokenSource): LionDesk
  liondeskOAuth(tenant: string): LionDeskOAuth
  usageOf(tenant: string): { hourlyBudget: number; usedThisHour: number }
  status(tenant: string): UpstreamStatus[]
  /** Ids of all. */
  tenants(): string[]
}

export type UpstreamStatus = ReturnType<Transport['figures']>[number] & {
  /** Null: the upstream counts no calls. */
  budget: BudgetFigures | null
  drift: ReturnType<ReturnType<typeof createDriftLog>['counts']>
}

export const createUpstreams = (
  tenants: readonly TenantAccounts[],
  { send, figures, used, budget }: Pick<Transport, 'send' | 'figures' | 'used' | 'budget'>,
  now: () => Date,
): Upstreams => {
  const sameBytes = createSameBytes()
  // One for the process: several long replies take turns, and do not add up to a long stop.
  const slices = createSlices()

  const build = ({ id: tenant, spacio, liondesk }: TenantAccounts) => {
    const drift = { spacio: createDriftLog(), liondesk: createDriftLog() }
    return {
      drift,
      quota: { apiKey: spacio.apiKey, cap: spacio.hourlyBudget },
      spacio: createSpacio({ account: { tenant, ...spacio }, send, sameBytes, slices, drift: drift.spacio.note, now }),
      liondesk: (tokens: TokenSource) =>
        createLionDesk({ account: { tenant, ...liondesk }, tokens, send, sameBytes, drift: drift.liondesk.note, now }),
      liondeskOAuth: createLionDeskOAuth({ account: { tenant, ...liondesk }, send, now }),
    }
  }

  let built = new Map<string, { fingerprint: string; tenant: ReturnType<typeof build> }>()

  const configure = (accounts: readonly TenantAccounts[]): void => {
    built = new Map(
      accounts.map(({ id, spacio, liondesk: { baseUrl } }) => {
        const account = { id, spacio, liondesk: { baseUrl } }
        const fingerprint = JSON.stringify(account)
        const known = built.get(id)
        return [id, known?.fingerprint === fingerprint ? known : { fingerprint, tenant: build(account) }]
      }),
    )
  }
  configure(tenants)

  const of = (tenant: string) => {
    const known = built.get(tenant)
    // It was taken out of the configuration while the request was on its way.
    if (!known) throw new Problem('unauthenticated')
    return known.tenant
  }

  return {
    configure,
    spacio: (tenant) => of(tenant).spacio,
    liondesk: (tenant, tokens) => of(tenant).liondesk(tokens),
    liondeskOAuth: (tenant) => of(tenant).liondeskOAuth,
    usageOf: (tenant) => {
      const { quota } = of(tenant)
      return { hourlyBudget: Math.floor(quota.cap), usedThisHour: used(quota) }
    },
    tenants: () => [...built.keys()],
    status: (tenant) => {
      const { drift, quota } = of(tenant)
      return figures(tenant).map((each) => ({
        ...each,
        budget: each.system === 'spacio' ? budget(quota) : null,
        drift: drift[each.system].counts(),
      }))
    },
  }
}

export interface MappingTable {
  name: string
  schema: string
  fields: readonly MappedField[]
}

/** Every mapping table, as data. */
export const mappingTables: readonly MappingTable[] = [...spacioMappings, ...liondeskMappings].map(
  ({ name, schema, fields }) => ({ name, schema, fields }),
)
