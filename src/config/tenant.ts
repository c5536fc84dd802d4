import type { Grants, Scope } from '#src/access-control.ts'
import { toGrants } from '#src/access-control.ts'
import type { ClientEntry, ConnectionEntry } from './config-files.ts'

export interface ClientConfig {
  readonly id: string
  /** Hex SHA-256 of each accepted key, in lower case. */
  readonly keyHashes: readonly string[]
  readonly scopes: readonly Scope[]
  readonly grants: Grants
}

/** A LionDesk account that the operator connected, with an access token or a refresh token. */
export type ConnectionConfig = ConnectionEntry

export interface TenantConfig {
  readonly id: string
  readonly spacio: { readonly baseUrl: string; readonly apiKey: string; readonly hourlyBudget: number }
  readonly liondesk: {
    readonly baseUrl: string
    /** The OAuth application for users to connect their accounts; null: none. */
    readonly application: { readonly clientId: string; readonly clientSecret: string } | null
    readonly connections: readonly ConnectionConfig[]
  }
  readonly clients: readonly ClientConfig[]
}

export const defaults = {
  spacioUrl: 'https://ws.spac.io',
  liondeskUrl: 'https://api-v2.liondesk.com',
  hourlyBudget: 12_000,
} as const

export const toClientConfig = (entry: ClientEntry, reject: (message: string) => never): ClientConfig => {
  const { keyHash, keyHashes = [] } = entry
  const hashes = [...(keyHash === undefined ? [] : [keyHash]), ...keyHashes].map((hash) => hash.toLowerCase())
  if (hashes.length === 0 || hashes.length > 2) reject('must have one key hash, or two during a key rotation')
  return { id: entry.id, keyHashes: hashes, scopes: entry.scopes, grants: toGrants(entry.grants ?? {}) }
}
