/** Reads the upstream accounts from the gateway's own variables. */

import { ConfigError, type Environment } from '#src/config/environment.ts'
import type { TenantConfig } from '#src/config/tenant.ts'
import { readTenantConfigs } from '#src/config/tenants.ts'
import { UsageError } from '../../cli/command.ts'

export interface Accounts {
  readonly tenant: TenantConfig
  /** Null if LionDesk cannot be called. */
  readonly accessToken: string | null
  /** The reasons why an upstream is skipped, or null. */
  readonly missingReasons: { readonly spacio: string | null; readonly liondesk: string | null }
}

/** Ignores the clients file, which does not matter here. Without SPACIO_API_KEY, only LionDesk is checked. */
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
  if (id === undefined && others.length > 0)
    throw new UsageError('--tenant is required, because the file has several tenants')
  const tenant = id === undefined ? first : tenants.find((each) => each.id === id)
  if (!tenant) throw new UsageError(`there is no tenant ${id}`)
  return tenant
}

const explainNoLionDesk = ({ liondesk: { connections } }: TenantConfig): string =>
  connections.length === 0
    ? 'LIONDESK_ACCESS_TOKEN is not set'
    : 'needs an access token: using the refresh token would invalidate that of the gateway'

export const readAccounts = (env: Environment, tenantId: string | undefined): Accounts => {
  const tenant = chooseTenant(readTenants(env), tenantId)
  const connection = tenant.liondesk.connections.find((each) => 'accessToken' in each)
  const accessToken = connection && 'accessToken' in connection ? connection.accessToken : null
  const spacio = tenant.spacio.apiKey === 'none' ? 'SPACIO_API_KEY is not set' : null
  const liondesk = accessToken === null ? explainNoLionDesk(tenant) : null
  if (spacio && liondesk) throw new UsageError('there are no credentials: set SPACIO_API_KEY or LIONDESK_ACCESS_TOKEN')
  return { tenant, accessToken, missingReasons: { spacio, liondesk } }
}
