/** One tenant, of plain variables. */
import { resolve } from 'node:path'
import { readClients } from './config-files.ts'
import { type Environment, headerValueOf, numberOf, refuse, textOf, urlOf } from './environment.ts'
import { clientOfEntry, defaults, type TenantConfig } from './tenant.ts'

export const tenantOfVariables = (env: Environment): TenantConfig => {
  const file = textOf(env, 'FOYER_CLIENTS_FILE')
  const variable = 'FOYER_CLIENTS_FILE'
  const clients = file === undefined ? [] : readClients(variable, resolve(file)).clients
  return {
    id: 'default',
    spacio: {
      baseUrl: urlOf(env, 'SPACIO_BASE_URL', defaults.spacioUrl),
      apiKey: headerValueOf(env, 'SPACIO_API_KEY') ?? refuse('SPACIO_API_KEY', 'is missing: the key for Spacio'),
      hourlyBudget: numberOf(env, 'SPACIO_HOURLY_BUDGET', defaults.hourlyBudget, 1, 10_000_000),
    },
    liondesk: { baseUrl: urlOf(env, 'LIONDESK_BASE_URL', defaults.liondeskUrl), ...liondeskOfVariables(env) },
    clients: clients.map((client) =>
      clientOfEntry(client, (message) =>
        refuse(variable, `names a file (${file}) where client ${client.id} ${message}`),
      ),
    ),
  }
}

const liondeskOfVariables = (env: Environment): Pick<TenantConfig['liondesk'], 'application' | 'connections'> => {
  const accessToken = headerValueOf(env, 'LIONDESK_ACCESS_TOKEN')
  const clientId = headerValueOf(env, 'LIONDESK_CLIENT_ID')
  const clientSecret = headerValueOf(env, 'LIONDESK_CLIENT_SECRET')
  const refreshToken = headerValueOf(env, 'LIONDESK_REFRESH_TOKEN')
  if ((clientId === undefined) !== (clientSecret === undefined)) {
    refuse(clientId === undefined ? 'LIONDESK_CLIENT_ID' : 'LIONDESK_CLIENT_SECRET', 'is missing: both or none')
  }
  const application = clientId && clientSecret ? { clientId, clientSecret } : null
  if (refreshToken !== undefined && accessToken !== undefined) {
    refuse('LIONDESK_REFRESH_TOKEN', 'cannot be set beside LIONDESK_ACCESS_TOKEN: one of them is the connection')
  }
  if (accessToken !== undefined) return { application, connections: [{ id: 'default', accessToken }] }
  if (refreshToken === undefined) return { application, connections: [] }
  if (!application) return refuse('LIONDESK_REFRESH_TOKEN', 'needs LIONDESK_CLIENT_ID and LIONDESK_CLIENT_SECRET')
  return { application, connections: [{ id: 'default', ...application, refreshToken }] }
}
