/** What LionDesk's page does not say of lists and records. */
import { isRecord } from '#src/mapping/mapping.ts'
import type { Look } from './observe.ts'
import type { Seen } from './watch.ts'

const pagesIn = (seen: readonly Seen[]): Record<string, unknown>[] =>
  seen.flatMap(({ system, body }) =>
    system === 'liondesk' && body.kind === 'json' && isRecord(body.value) && Array.isArray(body.value.data)
      ? [body.value]
      : [],
  )

const largestPage: Look = ({ clients }) => {
  const limit = pagesIn(clients.seen)[0]?.limit
  return typeof limit === 'number' ? `${limit} records where 200 were asked for` : null
}

const recordFields: Look = ({ clients }) => {
  const records = pagesIn(clients.seen).flatMap(({ data }) => data as unknown[])
  if (records.length === 0) return null
  const has = (name: string) => records.every((record) => isRecord(record) && name in record)
  return ['id', 'created_at'].map((name) => `${name} ${has(name) ? 'comes' : 'does not come'}`).join(', ')
}

export const lionDeskLooks: Record<string, Look> = {
  'largest page of LionDesk': largestPage,
  'what LionDesk’s page leaves out': recordFields,
}
