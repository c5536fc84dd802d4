import { setImmediate as yieldToOthers } from 'node:timers/promises'

/** Rows may have to be parsed, and written again: so many take a few milliseconds. */
const rowsPerPart = 500

/** Gives rows in parts, between which the event loop turns: a list of thousands must not stop other requests. */
export async function* streamInParts<Row>(rows: readonly Row[]): AsyncGenerator<Row[], void> {
  for (let start = 0; start < rows.length; start += rowsPerPart) {
    if (start > 0) await yieldToOthers()
    yield rows.slice(start, start + rowsPerPart)
  }
}
