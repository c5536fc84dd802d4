import { Problem } from '#src/problems.ts'
import type { OAuthApplication } from '#src/upstreams/index.ts'
import type { ConnectionCache } from './connection-cache.ts'
import type { ConnectionRecord, ConnectionRepository, Secrets, StoredConnection } from './repository.ts'

/** A LionDesk account whose tokens the gateway renews. */
export interface Account {
  /** Unique across all tenants. */
  readonly key: string
  readonly tenant: string
  readonly id: string
  readonly repository: ConnectionRepository
  readonly cache: ConnectionCache
  /** Null if the operator has configured no LionDesk application. */
  getApplication(): OAuthApplication | null
  /** Returns the record that must replace the stored one, or null if the stored one is current. */
  createSeed(found: StoredConnection | null): ConnectionRecord | null
}

/** Renewal starts after 80 % of the lifetime, which leaves time for several attempts. */
const renewalLifetimeShare = 0.8

const getRenewalTimeMs = ({ issuedAt, expiresAt }: Secrets): number =>
  expiresAt === null ? Number.POSITIVE_INFINITY : issuedAt + (expiresAt - issuedAt) * renewalLifetimeShare

/** A rejected token is unusable even if it has not expired. Another token is then used until it expires. */
export const isUsable = (secrets: Secrets | null, rejectedToken: string | null, now: number): boolean => {
  if (secrets === null || secrets.accessToken === null || secrets.accessToken === rejectedToken) return false
  return now < (rejectedToken === null ? getRenewalTimeMs(secrets) : (secrets.expiresAt ?? Number.POSITIVE_INFINITY))
}

export const mergeSecrets = (
  before: Secrets | null,
  issued: Pick<Secrets, 'accessToken' | 'refreshToken' | 'issuedAt' | 'expiresAt'>,
): Secrets => ({
  redirectUri: before?.redirectUri ?? null,
  user: before?.user ?? null,
  ...(before?.clientId !== undefined && { clientId: before.clientId }),
  ...issued,
  // A token response without a refresh token leaves the earlier one valid (RFC 6749, section 6).
  refreshToken: issued.refreshToken ?? before?.refreshToken ?? null,
})

export const createReauthorization = (id: string): Problem =>
  new Problem('reauthorization-required', {
    detail: `The LionDesk connection ${id} no longer works. Connect its LionDesk account again.`,
  })
