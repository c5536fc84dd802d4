/** Finds the lead reports among the recorded exchanges. */

import { unreadable } from '#src/mapping/codec.ts'
import { utcTime } from '#src/mapping/codecs.ts'
import { isRecord } from '#src/mapping/mapping.ts'
import { type PageInfo, parseRecords } from '#src/upstreams/spacio/envelope.ts'
import type { OperationName } from '#src/upstreams/spacio/operations.ts'
import type { RecordedExchange } from './watch.ts'

export interface LeadPage {
  readonly operation: OperationName
  readonly form: Readonly<Record<string, string>>
  /** Creation time of each lead in milliseconds since 1970, in the order of the reply. */
  readonly times: readonly number[]
  readonly info: PageInfo | null
}

/** Paged reports come first, because they allow more observations. */
const operations: Record<string, OperationName> = {
  '/api/v2/getRegistrantsByBrokerage': 'getRegistrantsByBrokerageV2',
  '/api/v1/getRegistrantsByTeam': 'getRegistrantsByTeam',
  '/api/v1/getRegistrantsByBrokerage': 'getRegistrantsByBrokerage',
}

export const readTimes = (records: readonly unknown[]): number[] =>
  records.flatMap((record) => {
    const time = isRecord(record) ? utcTime.decode(record.dateCreated, () => {}) : unreadable
    return typeof time === 'string' ? [Date.parse(time)] : []
  })

const toLeadPage = ({ path, form, status, body }: RecordedExchange): LeadPage[] => {
  const operation = operations[path]
  if (!operation || status >= 300 || body.kind !== 'json') return []
  const reply = parseRecords(body.value, 'paged') ?? parseRecords(body.value, 'keyed')
  return reply ? [{ operation, form, times: readTimes(reply.records), info: reply.info }] : []
}

/** Returns the pages of the first report that has leads. */
export const listLeadPages = (exchanges: readonly RecordedExchange[]): LeadPage[] => {
  const all = exchanges.flatMap(toLeadPage)
  const reports = Object.values(operations).map((name) => all.filter(({ operation }) => operation === name))
  return reports.find((pages) => pages.some(({ times }) => times.length > 0)) ?? []
}
