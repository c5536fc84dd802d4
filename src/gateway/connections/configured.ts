import { hash } from 'node:crypto'
import type { Static } from 'typebox'
import type { Connection } from '#schemas/connection.ts'
import { toTimestamp } from '#src/lib/units.ts'
import type { ConnectionRecord, StoredConnection } from './repository.ts'

/** A LionDesk account that the operator connected in the configuration. */
export type ConfiguredConnection =
  | { readonly id: string; readonly accessToken: string }
  | { readonly id: string; readonly clientId: string; readonly clientSecret: string; readonly refreshToken: string }

export type RenewableConnection = Extract<ConfiguredConnection, { refreshToken: string }>

/** More than the number of tokens that replicas can have configured during a rolling update. */
const maxOrigins = 8

/**
 * Identifies the account of a configured connection in the keys of stored data. Another token may belong to another
 * account.
 */
export const digestAccount = (connection: ConfiguredConnection): string =>
  digestToken('accessToken' in connection ? connection.accessToken : connection.refreshToken)

/** The prefix is part of the stored format. */
const digestToken = (token: string): string => hash('sha256', `foyer: configured refresh token\0${token}`).slice(0, 16)

/**
 * Returns the record that a configured refresh token starts with, or null if the stored record descends from that
 * token.
 * A token that the operator newly configured wins. A replica that still has the previous token does not undo that.
 */
export const createSeedRecord = (
  { refreshToken }: RenewableConnection,
  found: StoredConnection | null,
  now: () => Date,
): ConnectionRecord | null => {
  const origin = digestToken(refreshToken)
  const origins = found?.record.origins ?? []
  const isReadable = found !== null && found.record.secrets !== null
  if (isReadable && origins[0] === origin) return null
  const isOlder = origins.includes(origin) && found?.record.status === 'connected'
  if (isReadable && isOlder) return null
  return {
    status: 'connected',
    createdAt: found?.record.createdAt ?? now().getTime(),
    client: null,
    pendingUntil: null,
    origins: [origin, ...origins.filter((each) => each !== origin)].slice(0, maxOrigins),
    secrets: { accessToken: null, refreshToken, issuedAt: 0, expiresAt: 0, redirectUri: null, user: null },
  }
}

type ConnectionDescription = Static<typeof Connection>

const toTimestampOrNull = (milliseconds: number | null | undefined): string | null =>
  milliseconds ? toTimestamp(milliseconds) : null

/** The public description of a connection. It never includes tokens. */
export const describeStored = ({ id, record }: StoredConnection): ConnectionDescription => ({
  id,
  system: 'liondesk',
  status: record.status,
  user: record.secrets?.user?.label ?? null,
  createdAt: toTimestampOrNull(record.createdAt),
  expiresAt: toTimestampOrNull(record.secrets?.expiresAt),
})

/** `stored`: the stored tokens of the configured connection. */
export const describeConfigured = (
  connection: ConfiguredConnection,
  stored: StoredConnection | null,
  now: () => Date,
): ConnectionDescription => {
  const isSeedCurrent =
    'refreshToken' in connection && stored !== null && createSeedRecord(connection, stored, now) === null
  if (isSeedCurrent) return { ...describeStored(stored), createdAt: null }
  return { id: connection.id, system: 'liondesk', status: 'connected', user: null, createdAt: null, expiresAt: null }
}
