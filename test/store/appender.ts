import { openStore } from '#src/store/index.ts'

/**
 * A process of its own that appends overlapping ids: `appender.ts URL LOG COUNT BATCH`. Prints the last position after
 * each call that was answered.
 */
const [url = '', log = '', count = '0', batch = '1'] = process.argv.slice(2)

const store = openStore(url)
for (let start = 0; start < Number(count); start += Number(batch)) {
  const sightings = Array.from({ length: Number(batch) }, (_, index) => ({ id: `lead-${start + index}`, createdAt: 1 }))
  const { lastSeq } = await store.appendNew(log, sightings.reverse(), Date.now())
  process.stdout.write(`${lastSeq}\n`)
}
await store.close()
