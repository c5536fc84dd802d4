/**
 * Runs a fixed load for minutes, with failing upstreams and clients that disconnect: `npm run bench:soak -- --minutes
 * 10 --rate 25` (Linux). It exits with 1 if memory or descriptors grow, a rejection is unhandled, or a client receives
 * an internal error.
 */
import { parseArgs } from 'node:util'
import { type Sample, soak } from './soak/run.ts'
import type { Trend } from './trend.ts'

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, rate: { type: 'string', default: '25' } },
})

const formatRow = (cells: readonly (string | number)[]): void => {
  process.stdout.write(`| ${cells.join(' | ')} |\n`)
}

const toMegabytes = (bytes: number): string => (bytes / 1e6).toFixed(1)

const printSample = ({ seconds, heap, buffers, rss, descriptors, latest }: Sample): void =>
  formatRow([
    seconds.toFixed(0),
    toMegabytes(heap),
    toMegabytes(buffers),
    toMegabytes(rss),
    descriptors,
    latest.toFixed(0),
  ])

const printTrend = (name: string, { first, last, isFlat }: Trend, write: (value: number) => string): void =>
  formatRow([name, write(first), write(last), isFlat ? 'flat' : 'GROWS'])

formatRow(['second', 'heap MB', 'buffers MB', 'resident MB', 'descriptors', 'longest delay ms'])
formatRow(['--:', '--:', '--:', '--:', '--:', '--:'])
const result = await soak({ seconds: Number(values.minutes) * 60, rate: Number(values.rate), onSample: printSample })

process.stdout.write('\n')
formatRow(['after the warm-up', 'first third', 'last third', ''])
formatRow(['---', '--:', '--:', '---'])
printTrend('heap after collection, MB', result.heap, toMegabytes)
printTrend('buffers, MB', result.buffers, toMegabytes)
printTrend('descriptors, before the first client and after the last', result.descriptors, String)

const { traffic, calls, faults, rejections, exitCode } = result
const statuses = [...traffic.statuses].toSorted(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`)
process.stdout.write(`
requests ${traffic.requests}, aborted by clients ${traffic.aborted}; responses ${statuses.join(', ')}
upstream calls ${calls}, faults ${faults}; leads in feeds ${traffic.events}
unhandled rejections ${rejections}, exit code ${exitCode}, failures ${traffic.failures.length}
${traffic.failures.join('\n')}
`)
const isFlat = result.heap.isFlat && result.buffers.isFlat && result.descriptors.isFlat
process.exit(isFlat && rejections === 0 && exitCode === 0 && traffic.failures.length === 0 ? 0 : 1)
