/** Reads the configuration of a single tenant from plain variables. */
import { resolve } from 'node:path'
import { readClientsFile } from './config-files.ts'
import { type Environment, readHeaderValue, readNumber, readString, readUrl, rejectVariable } from './environment.ts'
import { defaults, type TenantConfig, toClientConfig } from './tenant.ts'

export const readSingleTenant = (env: Environment): TenantConfig => {
  const file = readString(env, 'FOYER_CLIENTS_FILE')
  const variable = 'FOYER_CLIENTS_FILE'
  const clients = file === undefined ? [] : readClientsFile(variable, resolve(file)).clients
  return {
    id: 'default',
    spacio: {
      baseUrl: readUrl(env, 'SPACIO_BASE_URL', defaults.spacioUrl),
      apiKey:
        readHeaderValue(env, 'SPACIO_API_KEY') ?? rejectVariable('SPACIO_API_KEY', 'is missing: the key for Spacio'),
      hourlyBudget: readNumber(env, 'SPACIO_HOURLY_BUDGET', defaults.hourlyBudget, 1, 10_000_000),
    },
    liondesk: { baseUrl: readUrl(env, 'LIONDESK_BASE_URL', defaults.liondeskUrl), ...readLiondesk(env) },
    clients: clients.map((client) =>
      toClientConfig(client, (message) =>
        rejectVariable(variable, `names a file (${file}) where client ${client.id} ${message}`),
      ),
    ),
  }
}

const readLiondesk = (env: Environment): Pick<TenantConfig['liondesk'], 'application' | 'connections'> => {
  const accessToken = readHeaderValue(env, 'LIONDESK_ACCESS_TOKEN')
  const clientId = readHeaderValue(env, 'LIONDESK_CLIENT_ID')
  const clientSecret = readHeaderValue(env, 'LIONDESK_CLIENT_SECRET')
  const refreshToken = readHeaderValue(env, 'LIONDESK_REFRESH_TOKEN')
  if ((clientId === undefined) !== (clientSecret === undefined)) {
    rejectVariable(
      clientId === undefined ? 'LIONDESK_CLIENT_ID' : 'LIONDESK_CLIENT_SECRET',
      'is missing: set both LIONDESK_CLIENT_ID and LIONDESK_CLIENT_SECRET, or none',
    )
  }
  const application = clientId && clientSecret ? { clientId, clientSecret } : null
  if (refreshToken !== undefined && accessToken !== undefined) {
    rejectVariable('LIONDESK_REFRESH_TOKEN', 'cannot be set together with LIONDESK_ACCESS_TOKEN')
  }
  if (accessToken !== undefined) return { application, connections: [{ id: 'default', accessToken }] }
  if (refreshToken === undefined) return { application, connections: [] }
  if (!application)
    return rejectVariable('LIONDESK_REFRESH_TOKEN', 'needs LIONDESK_CLIENT_ID and LIONDESK_CLIENT_SECRET')
  return { application, connections: [{ id: 'default', ...application, refreshToken }] }
}
