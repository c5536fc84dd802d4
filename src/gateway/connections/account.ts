import { Problem } from '#src/problems.ts'
import type { OAuthApplication } from '#src/upstreams/index.ts'
import type { LocalView } from './local-view.ts'
import type { ConnectionRecord, Secrets, StoredConnection } from './record.ts'
import type { ConnectionRepository } from './repository.ts'

/** One LionDesk account whose tokens are renewed: what all steps of a renewal need to know of it. */
export interface Account {
  /** Names it among all of all tenants. */
  readonly key: string
  readonly tenant: string
  readonly id: string
  readonly repository: ConnectionRepository
  readonly view: LocalView
  /** Null: none is configured (any more). */
  getApplication(): OAuthApplication | null
  /** The record to begin with in place of what the store holds; null: what it holds is good. */
  createSeed(found: StoredConnection | null): ConnectionRecord | null
}

/** 80 % of a life: time enough for many attempts before it ends. */
const renewalLifetimeShare = 0.8

export const getRenewalTimeMs = ({ issuedAt, expiresAt }: Secrets): number =>
  expiresAt === null ? Number.POSITIVE_INFINITY : issuedAt + (expiresAt - issuedAt) * renewalLifetimeShare

/** One that LionDesk refused is no use however young it is; another one is, even if it is old. */
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
  ...issued,
  // A reply without one means that the one before stays good.
  refreshToken: issued.refreshToken ?? before?.refreshToken ?? null,
})

export const createReauthorization = (id: string): Problem =>
  new Problem('reauthorization-required', {
    detail: `The LionDesk connection ${id} no longer works. Connect its LionDesk account again.`,
  })
