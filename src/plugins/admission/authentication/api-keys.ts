import { hash } from 'node:crypto'
import type { Caller } from '#src/access-control.ts'
import type { TenantConfig } from '#src/config.ts'

export type TenantClients = Pick<TenantConfig, 'id' | 'clients'>

/** 256 bits in base64url. The prefix lets secret scanners find leaked keys. */
const keyPattern = /^fk_[A-Za-z0-9_-]{43}$/

const hashKey = (key: string): string => hash('sha256', key)

/** Finds clients by API key. It stores only hashes, so a lookup's duration reveals nothing about a key. */
export const createClientDirectory = (tenants: readonly TenantClients[]) => {
  let callersByHash = new Map<string, Caller>()
  let clients = new Map<string, readonly Caller[]>()
  let clientCounts = new Map<string, number>()

  const configure = (newTenants: readonly TenantClients[]): void => {
    const keys = newTenants.flatMap(({ id: tenant, clients }) =>
      clients.flatMap(({ id: client, keyHashes, scopes, grants }) =>
        keyHashes.map((hash): [string, Caller] => {
          const keyId = hash.slice(0, 16)
          return [hash, { tenant, client, keyId, scopes: new Set(scopes), grants }]
        }),
      ),
    )
    callersByHash = new Map(keys)
    clientCounts = new Map(newTenants.map(({ id, clients }) => [id, clients.length]))
    clients = new Map(
      newTenants.map(({ id }) => [id, keys.map(([, key]) => key).filter(({ tenant }) => tenant === id)]),
    )
  }
  configure(tenants)

  return {
    configure,
    findByKey: (key: string): Caller | null =>
      keyPattern.test(key) ? (callersByHash.get(hashKey(key)) ?? null) : null,
    /**
     * Returns the tenant that a token's claim names. Without a claim, returns the only tenant, if there is exactly one.
     */
    resolveTenant: (claim: unknown): string | null => {
      if (typeof claim === 'string') return clients.has(claim) ? claim : null
      const [only] = clients.keys()
      return claim === undefined && clients.size === 1 && only !== undefined ? only : null
    },
    countClients: (tenant: string): number => clientCounts.get(tenant) ?? 0,
    /** Returns the current configuration of a caller's client and key, or null if either was withdrawn. */
    findCurrent: ({ tenant, client, keyId }: Caller): Caller | null =>
      clients.get(tenant)?.find((each) => each.client === client && each.keyId === keyId) ?? null,
  }
}
