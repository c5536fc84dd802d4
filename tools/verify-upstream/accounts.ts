/** Whose upstreams are asked, from the gateway's own variables. */

import { ConfigError, type Environment } from '#src/config/environment.ts'
import type { TenantConfig } from '#src/config/tenant.ts'
import { readTenantConfigs } from '#src/config/tenants.ts'
import { UsageError } from '../../cli/command.ts'

export interface Accounts {
  readonly tenant: TenantConfig
  /** Null: LionDesk cannot be asked. */
  readonly accessToken: string | null
  /** Why an upstream is not asked; null: it is. */
  readonly missingReasons: { readonly spacio: string | null; readonly liondesk: string | null }
}

/** Who may call the gateway is no matter here. A key that is missing is no error where LionDesk alone is asked. */
const readTenants = (env: Environment): TenantConfig[] => {
  const { FOYER_CLIENTS_FILE: _clients, ...rest } = env
  const isPlain = !rest.FOYER_TENANTS_FILE?.trim()
  try {
    return readTenantConfigs(isPlain && !rest.SPACIO_API_KEY?.trim() ? { ...rest, SPACIO_API_KEY: 'none' } : rest)
  } catch (error) {
    throw error instanceof ConfigError ? new UsageError(error.message) : error
  }
}

const chooseTenant = (tenants: readonly TenantConfig[], id: string | undefined): TenantConfig => {
  const [first, ...others] = tenants
  if (id === undefined && others.length > 0) throw new UsageError('--tenant is needed: the file holds several')
  const tenant = id === undefined ? first : tenants.find((each) => each.id === id)
  if (!tenant) throw new UsageError(`there is no tenant ${id}`)
  return tenant
}

const explainNoLionDesk = ({ liondesk: { connections } }: TenantConfig): string =>
  connections.length === 0
    ? 'LIONDESK_ACCESS_TOKEN is not set'
    : 'needs an access token: a refresh token would be used up, and the gateway with it'

export const readAccounts = (env: Environment, tenantId: string | undefined): Accounts => {
  const tenant = chooseTenant(readTenants(env), tenantId)
  const connection = tenant.liondesk.connections.find((each) => 'accessToken' in each)
  const accessToken = connection && 'accessToken' in connection ? connection.accessToken : null
  const spacio = tenant.spacio.apiKey === 'none' ? 'SPACIO_API_KEY is not set' : null
  const liondesk = accessToken === null ? explainNoLionDesk(tenant) : null
  if (spacio && liondesk) throw new UsageError('there are no credentials: set SPACIO_API_KEY or LIONDESK_ACCESS_TOKEN')
  return { tenant, accessToken, missingReasons: { spacio, liondesk } }
}
