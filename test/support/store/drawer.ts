import { openWithRetry } from './patient.ts'

/** A process that draws 1, 2 or 3 calls several times: `drawer.ts URL TIMES CAP`. Prints the sum of the grants. */
const [url = '', times = '0', cap = '0'] = process.argv.slice(2)

const store = openWithRetry(url)
let granted = 0
for (let index = 0; index < Number(times); index += 1)
  granted += await store.draw('budget', 1 + (index % 3), Number(cap), 3_600_000)
process.stdout.write(`${granted}`)
await store.close()
