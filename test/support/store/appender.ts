import { type LogState, type Sighting, StoreUnavailable } from '#src/store/store.ts'
import { openWithRetry } from './patient.ts'

/**
 * A process that appends overlapping ids: `appender.ts URL LOG COUNT BATCH`. Prints the last position after each
 * successful call, and repeats failed calls.
 */
const [url = '', log = '', count = '0', batch = '1'] = process.argv.slice(2)

const store = openWithRetry(url)

const append = async (sightings: readonly Sighting[]): Promise<LogState> => {
  for (;;) {
    try {
      return await store.appendNew(log, sightings, Date.now())
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
}

for (let start = 0; start < Number(count); start += Number(batch)) {
  const sightings = Array.from({ length: Number(batch) }, (_, index) => ({ id: `lead-${start + index}`, createdAt: 1 }))
  const { lastSeq } = await append(sightings.reverse())
  process.stdout.write(`${lastSeq}\n`)
}
await store.close()
