import { createDriftLog } from '#src/mapping/drift.ts'
import type { MappedField } from '#src/mapping/mapping.ts'
import { Problem } from '#src/problems.ts'
import { createLionDesk, type LionDesk, type TokenSource } from './liondesk/index.ts'
import { liondeskMappings } from './liondesk/mapping.ts'
import { createLionDeskOAuth, type LionDeskOAuth } from './liondesk/oauth.ts'
import { createSpacio, type Spacio } from './spacio/index.ts'
import { spacioMappings } from './spacio/mappings/index.ts'
import type { BudgetMetrics, Transport } from './transport/index.ts'
import { createResponseMemo } from './transport/response-memo.ts'
import { createSlices } from './transport/slices.ts'

export type { EventProperties, LionDesk, TokenSource } from './liondesk/index.ts'
export type { IssuedTokens, LionDeskOAuth, LionDeskUser, OAuthApplication } from './liondesk/oauth.ts'
export { isSameRecord } from './liondesk/same-record.ts'
export type { CheckTotal, LeadReport, LeadRow, ReadContext, ReportSource, Spacio } from './spacio/index.ts'
export { getPropertyLeadId } from './spacio/index.ts'
export { getCallLimit, pollBudgetShare } from './transport/budget-shares.ts'

export interface TenantAccounts {
  readonly id: string
  readonly spacio: { readonly baseUrl: string; readonly apiKey: string; readonly hourlyBudget: number }
  readonly liondesk: { readonly baseUrl: string }
}

/** The upstream clients of all tenants. Tenants never share clients, tokens or caches. */
export interface Upstreams {
  /** Replaces the tenants. A tenant with unchanged accounts retains its clients and caches. */
  configure(tenants: readonly TenantAccounts[]): void
  getSpacio(tenant: string): Spacio
  /**
   * Identifies the accounts of a tenant, and changes with them. Keys of cached upstream data begin with it, so that data
   * of an earlier account is never served.
   */
  getAccountId(tenant: string): string
  /** Returns a client that acts for the LionDesk account of these tokens. */
  getLionDesk(tenant: string, tokens: TokenSource): LionDesk
  getLionDeskOAuth(tenant: string): LionDeskOAuth
  getUsage(tenant: string): { hourlyBudget: number; usedThisHour: number }
  getStatus(tenant: string): UpstreamStatus[]
  listTenantIds(): string[]
}

export type UpstreamStatus = ReturnType<Transport['getMetrics']>[number] & {
  /** Null if the upstream has no call budget. */
  budget: BudgetMetrics | null
  drift: ReturnType<ReturnType<typeof createDriftLog>['counts']>
}

export const createUpstreams = (
  tenants: readonly TenantAccounts[],
  { send, getMetrics, getUsed, getBudget }: Pick<Transport, 'send' | 'getMetrics' | 'getUsed' | 'getBudget'>,
  now: () => Date,
): Upstreams => {
  const responseMemo = createResponseMemo()
  // Shared by the process, so that several long replies take turns instead of adding up to one long block.
  const slices = createSlices()

  let accountCount = 0

  const createTenantClients = ({ id: tenant, spacio, liondesk }: TenantAccounts) => {
    const drift = { spacio: createDriftLog(), liondesk: createDriftLog() }
    accountCount += 1
    return {
      accountId: `${tenant} ${accountCount}`,
      drift,
      quota: { apiKey: spacio.apiKey, cap: spacio.hourlyBudget },
      spacio: createSpacio({
        account: { tenant, ...spacio },
        send,
        responseMemo,
        slices,
        drift: drift.spacio.note,
        now,
      }),
      liondesk: (tokens: TokenSource) =>
        createLionDesk({
          account: { tenant, ...liondesk },
          tokens,
          send,
          responseMemo,
          drift: drift.liondesk.note,
          now,
        }),
      liondeskOAuth: createLionDeskOAuth({ account: { tenant, ...liondesk }, send, now }),
    }
  }

  let tenantClients = new Map<string, { fingerprint: string; tenant: ReturnType<typeof createTenantClients> }>()

  const configure = (accounts: readonly TenantAccounts[]): void => {
    tenantClients = new Map(
      accounts.map(({ id, spacio, liondesk: { baseUrl } }) => {
        const account = { id, spacio, liondesk: { baseUrl } }
        const fingerprint = JSON.stringify(account)
        const existing = tenantClients.get(id)
        return [
          id,
          existing?.fingerprint === fingerprint ? existing : { fingerprint, tenant: createTenantClients(account) },
        ]
      }),
    )
  }
  configure(tenants)

  const getTenantClients = (tenant: string) => {
    const existing = tenantClients.get(tenant)
    // The tenant was removed from the configuration while the request was in progress.
    if (!existing) throw new Problem('unauthenticated')
    return existing.tenant
  }

  return {
    configure,
    getSpacio: (tenant) => getTenantClients(tenant).spacio,
    getAccountId: (tenant) => getTenantClients(tenant).accountId,
    getLionDesk: (tenant, tokens) => getTenantClients(tenant).liondesk(tokens),
    getLionDeskOAuth: (tenant) => getTenantClients(tenant).liondeskOAuth,
    getUsage: (tenant) => {
      const { quota } = getTenantClients(tenant)
      return { hourlyBudget: Math.floor(quota.cap), usedThisHour: getUsed(quota) }
    },
    listTenantIds: () => [...tenantClients.keys()],
    getStatus: (tenant) => {
      const { drift, quota } = getTenantClients(tenant)
      return getMetrics(tenant).map((each) => ({
        ...each,
        budget: each.system === 'spacio' ? getBudget(quota) : null,
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

/** All mapping tables, as data. */
export const mappingTables: readonly MappingTable[] = [...spacioMappings, ...liondeskMappings].map(
  ({ name, schema, fields }) => ({ name, schema, fields }),
)
