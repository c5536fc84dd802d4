/**
 * Runs all cases of `bench/abuse/abuses.ts` together while a well-behaved tenant reads: `npm run bench:abuse --
 * --minutes 10` (Linux). It exits with 1 if the gateway crashes, uses too much memory, fails the tenant, or does not
 * recover afterwards.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { abuses, extraAbuses } from './abuse/abuses.ts'
import { bounds } from './abuse/bounds.ts'
import { startAbusedGateway, waitUntil } from './abuse/gateway.ts'
import { type Reading, readFor, startReader } from './abuse/reader.ts'

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, only: { type: 'string', default: '' } },
})
const quietMs = 10_000

const print = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const row = (cells: readonly (string | number)[]): void => print(`| ${cells.join(' | ')} |`)

const showReading = (name: string, { requests, answered, medianMs, p99Ms, failures }: Reading): void => {
  const others = [...failures].map(([status, count]) => `${status} ×${count}`).join(', ')
  const share = `${((100 * answered) / requests).toFixed(1)} %`
  row([name, requests, share, `${medianMs.toFixed(1)} ms`, `${p99Ms.toFixed(0)} ms`, others || 'none'])
}

const gateway = await startAbusedGateway()
// The first requests trigger compilation.
await readFor(gateway.port, quietMs)
const quiet = await readFor(gateway.port, quietMs)
const before = gateway.readUsage()
gateway.takePeakMB()

const over = new AbortController()
const stopReading = startReader(gateway.port)
const chosen = [...abuses, ...extraAbuses].filter(({ name }) => name.includes(values.only))
const running = chosen.map(async ({ name, run }) => ({ name, outcomes: await run(gateway.port, over.signal) }))
await waitUntil(() => !gateway.isRunning(), Number(values.minutes) * 60_000)
over.abort()
const readingUnderAbuse = await stopReading()
const abuseResults = await Promise.all(running)
const peakMB = gateway.takePeakMB()
const isAlive = gateway.isRunning()

row(['abuse', 'what its connections saw'])
row(['---', '---'])
for (const { name, outcomes } of abuseResults) {
  row([name, [...outcomes].map(([outcome, count]) => `${outcome} ×${count}`).join(', ')])
}
print('')
row(['logged problem', 'count'])
row(['---', '--:'])
for (const [problem, count] of gateway.problems()) row([problem, count])
print('')
row(['another tenant', 'requests', 'answered', 'median', 'p99', 'others'])
row(['---', '--:', '--:', '--:', '--:', '---'])
showReading('before', quiet)
showReading('during the abuse', readingUnderAbuse)

const complaints: string[] = []
const addComplaintUnless = (isMet: boolean, complaint: string): void => {
  if (!isMet) complaints.push(complaint)
}
addComplaintUnless(isAlive, 'the gateway ended')
addComplaintUnless(peakMB <= bounds.peakMB, `memory exceeded ${bounds.peakMB} MB`)
addComplaintUnless(
  readingUnderAbuse.answered >= bounds.answered * readingUnderAbuse.requests,
  'too few requests of the other tenant were answered',
)

if (isAlive) {
  const hasRecovered = () => gateway.readUsage().descriptors <= before.descriptors + bounds.moreDescriptors
  addComplaintUnless(await waitUntil(hasRecovered, bounds.recoveryMs), 'descriptors are not back')
  await wait(1_000)
  const after = await readFor(gateway.port, quietMs)
  showReading('after', after)
  const remainingUsage = gateway.readUsage()
  const ratio = after.medianMs / quiet.medianMs
  addComplaintUnless(remainingUsage.rssMB <= before.rssMB + bounds.moreMB, 'memory is not back')
  addComplaintUnless(ratio <= bounds.latencyRatio, 'latency is not back')
  print('')
  row(['', 'before', 'peak', 'after'])
  row(['---', '--:', '--:', '--:'])
  row(['resident, MB', before.rssMB.toFixed(0), peakMB.toFixed(0), remainingUsage.rssMB.toFixed(0)])
  row(['descriptors', before.descriptors, '', remainingUsage.descriptors])
  row(['median latency, ratio', 1, (readingUnderAbuse.medianMs / quiet.medianMs).toFixed(2), ratio.toFixed(2)])
}
await gateway.close()
print(`\n${complaints.length === 0 ? 'All bounds hold.' : complaints.join('\n')}`)
process.exit(complaints.length === 0 ? 0 : 1)
