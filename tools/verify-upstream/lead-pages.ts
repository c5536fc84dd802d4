/** The reports of leads among what was seen, and how to ask for another. */

import { unreadable } from '#src/mapping/codec.ts'
import { utcTime } from '#src/mapping/codecs.ts'
import { isRecord } from '#src/mapping/mapping.ts'
import { type PageInfo, recordsIn } from '#src/upstreams/spacio/envelope.ts'
import type { OperationName } from '#src/upstreams/spacio/operations.ts'
import type { Seen } from './watch.ts'

export interface LeadPage {
  readonly operation: OperationName
  readonly form: Readonly<Record<string, string>>
  /** When each lead was made, in milliseconds since 1970, in the order of the reply. */
  readonly times: readonly number[]
  readonly info: PageInfo | null
}

/** Those with pages first: they tell more. */
const operations: Record<string, OperationName> = {
  '/api/v2/getRegistrantsByBrokerage': 'getRegistrantsByBrokerageV2',
  '/api/v1/getRegistrantsByTeam': 'getRegistrantsByTeam',
  '/api/v1/getRegistrantsByBrokerage': 'getRegistrantsByBrokerage',
}

export const timesOf = (records: readonly unknown[]): number[] =>
  records.flatMap((record) => {
    const time = isRecord(record) ? utcTime.decode(record.dateCreated, () => {}) : unreadable
    return typeof time === 'string' ? [Date.parse(time)] : []
  })

const pageOf = ({ path, form, status, body }: Seen): LeadPage[] => {
  const operation = operations[path]
  if (!operation || status >= 300 || body.kind !== 'json') return []
  const found = recordsIn(body.value, 'paged') ?? recordsIn(body.value, 'keyed')
  return found ? [{ operation, form, times: timesOf(found.records), info: found.info }] : []
}

/** The pages of the one report that shows most. */
export const leadPages = (seen: readonly Seen[]): LeadPage[] => {
  const all = seen.flatMap(pageOf)
  const reports = Object.values(operations).map((name) => all.filter(({ operation }) => operation === name))
  return reports.find((pages) => pages.some(({ times }) => times.length > 0)) ?? []
}
