import { setImmediate as yieldToOthers } from 'node:timers/promises'

/** Parsing this many rows takes a few milliseconds. */
const rowsPerBatch = 500

/** Yields rows in batches and lets the event loop turn in between, so that long lists do not block other requests. */
export async function* streamBatches<Row>(rows: readonly Row[]): AsyncGenerator<Row[], void> {
  for (let start = 0; start < rows.length; start += rowsPerBatch) {
    if (start > 0) await yieldToOthers()
    yield rows.slice(start, start + rowsPerBatch)
  }
}
