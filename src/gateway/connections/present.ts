import type { Static } from 'typebox'
import type { Connection } from '#schemas/connection.ts'
import { toTimestamp } from '#src/lib/units.ts'
import { type ConfiguredConnection, createSeedRecord } from './configured.ts'
import type { StoredConnection } from './record.ts'

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
