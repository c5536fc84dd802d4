import { createParameterProblem } from '#src/problems.ts'
import type { Signer } from '../crypto/signing.ts'

/** A position in the log of one tenant's source. */
export interface Cursor {
  /** Which log, of which tenant and source. */
  log: string
  logId: string
  /** Everything up to this position was delivered. */
  seq: number
  /**
   * A feed that began at a day: of the entries up to `until`, which were there when it began, only those created at
   * `from` (milliseconds since 1970) or later belong to it.
   */
  start?: { from: number; until: number }
}

const purpose = 'feed cursor'

export const encodeCursor = (signer: Signer, { log, logId, seq, start }: Cursor): string =>
  signer.sign(purpose, [log, logId, seq, ...(start && seq < start.until ? [start.from, start.until] : [])])

/** Throws `invalid-request` unless the cursor is one of ours, for this log. */
export const decodeCursor = (signer: Signer, text: string, expectedLog: string): Cursor => {
  const payload = signer.open(purpose, text) as [string, string, number, number?, number?] | null
  if (payload?.[0] !== expectedLog) throw createParameterProblem('after', 'is not a cursor of this feed')
  const [log, logId, seq, from, until] = payload
  return { log, logId, seq, ...(from !== undefined && until !== undefined && { start: { from, until } }) }
}
