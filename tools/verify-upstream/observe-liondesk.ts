/** Observes details of lists and records that LionDesk does not document. */
import { isRecord } from '#src/mapping/mapping.ts'
import type { Probe } from './probe.ts'
import type { RecordedExchange } from './watch.ts'

/** Pages of event properties. */
const listPages = (exchanges: readonly RecordedExchange[]): Record<string, unknown>[] =>
  exchanges.flatMap(({ system, path, body }) =>
    system === 'liondesk' &&
    /\/properties(\?|$)/.test(path) &&
    body.kind === 'json' &&
    isRecord(body.value) &&
    Array.isArray(body.value.data)
      ? [body.value]
      : [],
  )

const observeMaxPage: Probe = ({ clients }) => {
  const limit = listPages(clients.seen)[0]?.limit
  return typeof limit === 'number' ? `${limit} records, although 200 were requested` : null
}

const observeRecordFields: Probe = ({ clients }) => {
  const records = listPages(clients.seen).flatMap(({ data }) => data as unknown[])
  if (records.length === 0) return null
  const has = (name: string) => records.every((record) => isRecord(record) && name in record)
  return ['id', 'created_at'].map((name) => `${name} ${has(name) ? 'is present' : 'is missing'}`).join(', ')
}

export const lionDeskProbes: Record<string, Probe> = {
  'largest page of LionDesk': observeMaxPage,
  'fields that LionDesk does not document': observeRecordFields,
}
