/** Reads the configuration of several tenants from a file. */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type ConnectionEntry, readTenantsFile, type TenantEntry } from './config-files.ts'
import {
  type Environment,
  isHeaderValue,
  normalizeUrl,
  readString,
  readUrl,
  rejectVariable,
  validateUrl,
} from './environment.ts'
import { type ConnectionConfig, defaults, type TenantConfig, toClientConfig } from './tenant.ts'

const singleTenantVariables = [
  'SPACIO_API_KEY',
  'SPACIO_HOURLY_BUDGET',
  'FOYER_CLIENTS_FILE',
  'LIONDESK_ACCESS_TOKEN',
  'LIONDESK_CLIENT_ID',
  'LIONDESK_CLIENT_SECRET',
  'LIONDESK_REFRESH_TOKEN',
]

export const readManyTenants = (env: Environment, path: string): TenantConfig[] => {
  const variable = 'FOYER_TENANTS_FILE'
  const conflicting = singleTenantVariables.find((name) => readString(env, name) !== undefined)
  if (conflicting)
    rejectVariable(conflicting, `cannot be set together with ${variable}, which contains this setting for each tenant`)
  return readTenantsFile(variable, path).tenants.map((entry) =>
    toTenantConfig(
      entry,
      env,
      (what, message) => rejectVariable(variable, `names a file (${path}) where ${what} ${message}`),
      dirname(path),
    ),
  )
}

type Reject = (what: string, message: string) => never

const toTenantConfig = (entry: TenantEntry, env: Environment, complain: Reject, folder: string): TenantConfig => {
  const place = `tenant ${entry.id}:`
  /** Returns the URL in the file, or else the URL in the variable that applies to all tenants. */
  const resolveUrl = (name: string, value: string | undefined, variable: string, fallback: string): string => {
    if (value === undefined) return readUrl(env, variable, fallback)
    const violation = validateUrl(value)
    return violation === null ? normalizeUrl(value) : complain(`${place} ${name}`, violation)
  }
  const readSecret = (name: string, value: string): string => {
    const text =
      resolveSecret(value, env, folder) ??
      complain(`${place} ${name}`, 'refers to a variable or file that is missing or empty')
    return isHeaderValue(text) ? text : complain(`${place} ${name}`, 'must be printable ASCII without spaces')
  }
  const { spacio, liondesk = {}, clients = [] } = entry
  return {
    id: entry.id,
    spacio: {
      baseUrl: resolveUrl('spacio.baseUrl', spacio.baseUrl, 'SPACIO_BASE_URL', defaults.spacioUrl),
      apiKey: readSecret('spacio.apiKey', spacio.apiKey),
      hourlyBudget: spacio.hourlyBudget ?? defaults.hourlyBudget,
    },
    liondesk: {
      baseUrl: resolveUrl('liondesk.baseUrl', liondesk.baseUrl, 'LIONDESK_BASE_URL', defaults.liondeskUrl),
      application: toApplication(
        liondesk,
        (name, value) => readSecret(`liondesk.${name}`, value),
        () => complain(`${place} liondesk`, 'has only one of clientId and clientSecret'),
      ),
      connections: (liondesk.connections ?? []).map((connection) => withSecrets(connection, readSecret)),
    },
    clients: clients.map((client) =>
      toClientConfig(client, (message) => complain(`${place} client ${client.id}`, message)),
    ),
  }
}

/**
 * Resolves a reference to a secret: `env:NAME`, or `file:PATH` relative to the referring file. Returns undefined if it
 * is missing.
 */
const resolveSecret = (value: string, env: Environment, folder: string): string | undefined => {
  if (value.startsWith('env:')) return readString(env, value.slice('env:'.length))
  if (!value.startsWith('file:')) return value
  try {
    return readFileSync(resolve(folder, value.slice('file:'.length)), 'utf8').trim() || undefined
  } catch {
    return undefined
  }
}

const toApplication = (
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
