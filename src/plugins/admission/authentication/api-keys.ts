import { hash } from 'node:crypto'
import type { Caller, Grants, Scope } from '#src/access-control.ts'

/** A tenant's clients, as the operator configured them. */
export interface TenantClients {
  readonly id: string
  readonly clients: readonly {
    readonly id: string
    /** Hex SHA-256 of each accepted key, in lower case. */
    readonly keyHashes: readonly string[]
    readonly scopes: readonly Scope[]
    readonly grants: Grants
  }[]
}

/** Who holds which key. Keys themselves are nowhere; finding one by its hash tells a stranger nothing by its time. */
export interface ClientDirectory {
  configure(tenants: readonly TenantClients[]): void
  findByKey(key: string): Caller | null
  /** The tenant that a token means; one that names none means the only one. */
  resolveTenant(claim: unknown): string | null
  /** The client as it is configured now, with the same key; null: one of them was withdrawn. */
  findCurrent(caller: Caller): Caller | null
  countClients(tenant: string): number
}

/** 256 bits in base64url, after a prefix by which a key that leaked can be found. */
const keyPattern = /^fk_[A-Za-z0-9_-]{43}$/

export const hashKey = (key: string): string => hash('sha256', key)

export const createClientDirectory = (tenants: readonly TenantClients[]): ClientDirectory => {
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
    findByKey: (key) => (keyPattern.test(key) ? (callersByHash.get(hashKey(key)) ?? null) : null),
    resolveTenant: (claim) => {
      if (typeof claim === 'string') return clients.has(claim) ? claim : null
      const [only] = clients.keys()
      return claim === undefined && clients.size === 1 && only !== undefined ? only : null
    },
    countClients: (tenant) => clientCounts.get(tenant) ?? 0,
    findCurrent: ({ tenant, client, keyId }) =>
      clients.get(tenant)?.find((each) => each.client === client && each.keyId === keyId) ?? null,
  }
}
