import type { Static } from 'typebox'
import type { Connection } from '#schemas/connection.ts'
import { type ConfiguredConnection, seedOf } from './configured.ts'
import type { Held } from './record.ts'

type Description = Static<typeof Connection>

const timeOf = (milliseconds: number | null | undefined): string | null =>
  milliseconds ? new Date(milliseconds).toISOString().replace(/\.\d{3}Z$/, 'Z') : null

/** What its owners are told of a connection. Tokens are no part of it. */
export const describeStored = ({ id, record }: Held): Description => ({
  id,
  system: 'liondesk',
  status: record.status,
  user: record.secrets?.user?.label ?? null,
  createdAt: timeOf(record.createdAt),
  expiresAt: timeOf(record.secrets?.expiresAt),
})

/** `kept`: what has become of its tokens. */
export const describeConfigured = (
  connection: ConfiguredConnection,
  kept: Held | null,
  now: () => Date,
): Description => {
  const isKept = 'refreshToken' in connection && kept !== null && seedOf(connection, kept, now) === null
  if (isKept) return { ...describeStored(kept), createdAt: null }
  return { id: connection.id, system: 'liondesk', status: 'connected', user: null, createdAt: null, expiresAt: null }
}
