/** Tenants and their clients, from files or from plain variables. */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type Grant, type Grants, grantKinds, type Scope } from '#src/access.ts'
import { type ClientEntry, type ConnectionEntry, readClients, readTenants, type TenantEntry } from './documents.ts'
import {
  complaintOfUrl,
  type Environment,
  headerValueOf,
  isHeaderValue,
  numberOf,
  plainUrl,
  refuse,
  textOf,
  urlOf,
} from './environment.ts'

export interface ClientConfig {
  readonly id: string
  /** Hex SHA-256 of each key that is accepted, in lower case. */
  readonly keyHashes: readonly string[]
  readonly scopes: readonly Scope[]
  readonly grants: Grants
}

/** A LionDesk account that the operator connected: by a lasting token, or by one that renews the others. */
export type ConnectionConfig = ConnectionEntry

export interface TenantConfig {
  readonly id: string
  readonly spacio: { readonly baseUrl: string; readonly apiKey: string; readonly hourlyBudget: number }
  readonly liondesk: {
    readonly baseUrl: string
    /** The application that users connect through OAuth; null: none is registered. */
    readonly application: { readonly clientId: string; readonly clientSecret: string } | null
    readonly connections: readonly ConnectionConfig[]
  }
  readonly clients: readonly ClientConfig[]
}

const spacioUrl = 'https://ws.spac.io'
const liondeskUrl = 'https://api-v2.liondesk.com'
const defaultBudget = 12_000

export const tenantsOf = (env: Environment): TenantConfig[] => {
  const file = textOf(env, 'FOYER_TENANTS_FILE')
  const tenants = file === undefined ? [tenantOfVariables(env)] : tenantsOfFile(env, resolve(file))
  refuseRepeated(file === undefined ? 'FOYER_CLIENTS_FILE' : 'FOYER_TENANTS_FILE', tenants)
  return tenants
}

const otherVariables = [
  'SPACIO_API_KEY',
  'SPACIO_HOURLY_BUDGET',
  'FOYER_CLIENTS_FILE',
  'LIONDESK_ACCESS_TOKEN',
  'LIONDESK_CLIENT_ID',
  'LIONDESK_CLIENT_SECRET',
  'LIONDESK_REFRESH_TOKEN',
]

const tenantsOfFile = (env: Environment, path: string): TenantConfig[] => {
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
  const url = (name: string, value: string): string => {
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
      baseUrl: url('spacio.baseUrl', spacio.baseUrl ?? env.SPACIO_BASE_URL ?? spacioUrl),
      apiKey: secret('spacio.apiKey', spacio.apiKey),
      hourlyBudget: spacio.hourlyBudget ?? defaultBudget,
    },
    liondesk: {
      baseUrl: url('liondesk.baseUrl', liondesk.baseUrl ?? env.LIONDESK_BASE_URL ?? liondeskUrl),
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

const clientOfEntry = (entry: ClientEntry, complain: (message: string) => never): ClientConfig => {
  const { keyHash, keyHashes = [] } = entry
  const hashes = [...(keyHash === undefined ? [] : [keyHash]), ...keyHashes].map((hash) => hash.toLowerCase())
  if (hashes.length === 0 || hashes.length > 2) complain('must have one key hash, or two while its key is changed')
  return { id: entry.id, keyHashes: hashes, scopes: entry.scopes, grants: grantsOf(entry.grants ?? {}) }
}

/** What is absent is nothing. E-mail addresses are compared in lower case. */
export const grantsOf = (given: Partial<Record<keyof Grants, '*' | readonly string[] | undefined>>): Grants => {
  const grantOf = (kind: keyof Grants): Grant => {
    const ids = given[kind] ?? []
    return ids === '*' ? '*' : new Set(kind === 'agents' ? ids.map((id) => id.toLowerCase()) : ids)
  }
  return Object.fromEntries(grantKinds.map((kind) => [kind, grantOf(kind)])) as unknown as Grants
}

const tenantOfVariables = (env: Environment): TenantConfig => {
  const file = textOf(env, 'FOYER_CLIENTS_FILE')
  const variable = 'FOYER_CLIENTS_FILE'
  const clients = file === undefined ? [] : readClients(variable, resolve(file)).clients
  return {
    id: 'default',
    spacio: {
      baseUrl: urlOf(env, 'SPACIO_BASE_URL', spacioUrl),
      apiKey: headerValueOf(env, 'SPACIO_API_KEY') ?? refuse('SPACIO_API_KEY', 'is missing: the key for Spacio'),
      hourlyBudget: numberOf(env, 'SPACIO_HOURLY_BUDGET', defaultBudget, 1, 10_000_000),
    },
    liondesk: { baseUrl: urlOf(env, 'LIONDESK_BASE_URL', liondeskUrl), ...liondeskOfVariables(env) },
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

const repeatedIn = (values: readonly string[]): string | undefined =>
  values.find((value, index) => values.indexOf(value) !== index)

const refuseRepeated = (variable: string, tenants: readonly TenantConfig[]): void => {
  const complain = (what: string) => refuse(variable, `names a file where ${what} stands twice`)
  const tenant = repeatedIn(tenants.map(({ id }) => id))
  if (tenant) complain(`tenant ${tenant}`)
  for (const { id, clients, liondesk } of tenants) {
    const client = repeatedIn(clients.map((each) => each.id))
    if (client) complain(`client ${client} of tenant ${id}`)
    const connection = repeatedIn(liondesk.connections.map((each) => each.id))
    if (connection) complain(`connection ${connection} of tenant ${id}`)
  }
  // One key, one client: else it would be chance who asks.
  if (repeatedIn(tenants.flatMap(({ clients }) => clients.flatMap(({ keyHashes }) => keyHashes))))
    complain('a key hash')
}
