import { createParameterProblem } from '#src/problems.ts'
import type { Signer } from '../crypto/signing.ts'

/** A position in the log of one source of a tenant. */
export interface Cursor {
  /** The name of the log, which includes tenant and source. */
  log: string
  logId: string
  /** All entries up to this position were delivered. */
  seq: number
  /**
   * For a feed that started at a day: entries up to position `until` belong to the feed only if their lead was created
   * at `from` (milliseconds since 1970) or later.
   */
  start?: { from: number; until: number }
}

const purpose = 'feed cursor'

export const encodeCursor = (signer: Signer, { log, logId, seq, start }: Cursor): string =>
  signer.sign(purpose, [log, logId, seq, ...(start && seq < start.until ? [start.from, start.until] : [])])

/** Throws `invalid-request` unless the gateway signed the cursor for this log. */
export const decodeCursor = (signer: Signer, text: string, expectedLog: string, part: 'query' | 'header'): Cursor => {
  const payload = signer.open(purpose, text) as [string, string, number, number?, number?] | null
  if (payload?.[0] !== expectedLog)
    throw createParameterProblem(part === 'query' ? 'after' : 'last-event-id', 'is not a cursor of this feed', part)
  const [log, logId, seq, from, until] = payload
  return { log, logId, seq, ...(from !== undefined && until !== undefined && { start: { from, until } }) }
}
