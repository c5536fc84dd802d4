/**
 * Measures how cost grows with leads, tenants, listeners and clients, from 1 to 1,000: `npm run bench:sweep [--
 * --write]`. It exits with 1 if a cost grows faster than linearly.
 */
import { writeFileSync } from 'node:fs'
import { setUp } from './surroundings.ts'
import { connectionSweeps } from './sweeps/connections.ts'
import { type Curve, plot } from './sweeps/plot.ts'
import { requestSweeps } from './sweeps/requests.ts'
import { fitExponent, type Point, sizes } from './sweeps/sweep.ts'
import { writeSection } from './write.ts'

/** Linear growth with a margin for noise. */
const maxExponent = 1.15

const docs = `${import.meta.dirname}/../../docs`

const formatRow = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`

const formatTable = ({ sweep, points }: Curve): string =>
  [
    formatRow([sweep.title, ...points.map(({ size }) => String(size))]),
    formatRow(['---', ...points.map(() => '--:')]),
    formatRow([`CPU ms ${sweep.each}`, ...points.map(({ size, cpu }) => (cpu / size).toPrecision(2))]),
    formatRow(['RSS MB', ...points.map(({ memory }) => memory.toFixed(0))]),
    ...(points.some(({ refused }) => refused > 0)
      ? [formatRow(['rejected', ...points.map(({ refused }) => `${(100 * refused).toFixed(0)} %`)])]
      : []),
    `\nThe total cost grows with the size to the power of ${fitExponent(points).toFixed(2)}.\n\n`,
  ].join('')

const { upstream, folder, end } = await setUp()
await upstream.send('fresh')
const only = process.argv.slice(2).filter((each) => !each.startsWith('--'))
const sweeps = [...requestSweeps, ...connectionSweeps].filter(({ name }) => only.length === 0 || only.includes(name))
const curves: Curve[] = []
for (const sweep of sweeps) {
  const points: Point[] = []
  for (const size of sizes) points.push(await sweep.measure(size, { upstream, folder }))
  curves.push({ sweep, points })
  process.stdout.write(formatTable({ sweep, points }))
}
if (process.argv.includes('--write')) {
  writeFileSync(`${docs}/performance-growth.svg`, await plot(curves))
  writeSection('growth', curves.map(formatTable).join(''))
}
await end()
process.exitCode = curves.some(({ points }) => fitExponent(points) > maxExponent) ? 1 : 0
