/** Many tenants, from a file. */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type ConnectionEntry, readTenants, type TenantEntry } from './config-files.ts'
import { complaintOfUrl, type Environment, isHeaderValue, plainUrl, refuse, textOf, urlOf } from './environment.ts'
import { type ConnectionConfig, clientOfEntry, defaults, type TenantConfig } from './tenant.ts'

const otherVariables = [
  'SPACIO_API_KEY',
  'SPACIO_HOURLY_BUDGET',
  'FOYER_CLIENTS_FILE',
  'LIONDESK_ACCESS_TOKEN',
  'LIONDESK_CLIENT_ID',
  'LIONDESK_CLIENT_SECRET',
  'LIONDESK_REFRESH_TOKEN',
]

export const tenantsOfFile = (env: Environment, path: string): TenantConfig[] => {
  const variable = 'FOYER_TENANTS_FILE'
  const both = otherVariables.find((name) => textOf(env, name) !== undefined)
  if (both) refuse(both, `cannot be set beside ${variable}, which says the same for each tenant`)
  return readTenants(variable, path).tenants.map((entry) =>
    tenantOfEntry(
      entry,
      env,
      (what, message) => refuse(variable, `names a file (${path}) where ${what} ${message}`),
      dirname(path),
    ),
  )
}

type Complain = (what: string, message: string) => never

const tenantOfEntry = (entry: TenantEntry, env: Environment, complain: Complain, folder: string): TenantConfig => {
  const place = `tenant ${entry.id}:`
  /** Of the file; where it has none, of the variable that counts for all tenants. */
  const url = (name: string, value: string | undefined, variable: string, fallback: string): string => {
    if (value === undefined) return urlOf(env, variable, fallback)
    const complaint = complaintOfUrl(value)
    return complaint === null ? plainUrl(value) : complain(`${place} ${name}`, complaint)
  }
  const secret = (name: string, value: string): string => {
    const text = resolved(value, env, folder) ?? complain(`${place} ${name}`, 'refers to what is not there or is empty')
    return isHeaderValue(text) ? text : complain(`${place} ${name}`, 'must be printable ASCII without spaces')
  }
  const { spacio, liondesk = {}, clients = [] } = entry
  return {
    id: entry.id,
    spacio: {
      baseUrl: url('spacio.baseUrl', spacio.baseUrl, 'SPACIO_BASE_URL', defaults.spacioUrl),
      apiKey: secret('spacio.apiKey', spacio.apiKey),
      hourlyBudget: spacio.hourlyBudget ?? defaults.hourlyBudget,
    },
    liondesk: {
      baseUrl: url('liondesk.baseUrl', liondesk.baseUrl, 'LIONDESK_BASE_URL', defaults.liondeskUrl),
      application: applicationOf(
        liondesk,
        (name, value) => secret(`liondesk.${name}`, value),
        () => complain(`${place} liondesk`, 'has only one of clientId and clientSecret'),
      ),
      connections: (liondesk.connections ?? []).map((connection) => withSecrets(connection, secret)),
    },
    clients: clients.map((client) =>
      clientOfEntry(client, (message) => complain(`${place} client ${client.id}`, message)),
    ),
  }
}

/** A secret that stands elsewhere: `env:NAME`, or `file:PATH` beside the file that refers to it. */
const resolved = (value: string, env: Environment, folder: string): string | undefined => {
  if (value.startsWith('env:')) return textOf(env, value.slice('env:'.length))
  if (!value.startsWith('file:')) return value
  try {
    return readFileSync(resolve(folder, value.slice('file:'.length)), 'utf8').trim() || undefined
  } catch {
    return undefined
  }
}

const applicationOf = (
  { clientId, clientSecret }: { clientId?: string; clientSecret?: string },
  secret: (name: string, value: string) => string,
  complain: () => never,
) => {
  if (clientId === undefined && clientSecret === undefined) return null
  if (clientId === undefined || clientSecret === undefined) return complain()
  return { clientId: secret('clientId', clientId), clientSecret: secret('clientSecret', clientSecret) }
}

const withSecrets = (
  { id, ...secrets }: ConnectionEntry,
  secret: (name: string, value: string) => string,
): ConnectionConfig =>
  ({
    id,
    ...Object.fromEntries(
      Object.entries(secrets).map(([name, value]) => [name, secret(`liondesk connection ${id}: ${name}`, value)]),
    ),
  }) as ConnectionConfig
