/**
 * How cost grows with leads, tenants, listeners and clients, from 1 to 1,000: `npm run bench:sweep [-- --write]`. Ends
 * with 1 where anything grows faster than linearly.
 */
import { writeFileSync } from 'node:fs'
import { surround } from './surroundings.ts'
import { connectionSweeps } from './sweeps/connections.ts'
import { type Curve, plot } from './sweeps/plot.ts'
import { requestSweeps } from './sweeps/requests.ts'
import { exponentOf, type Point, sizes } from './sweeps/sweep.ts'
import { writeSection } from './write.ts'

/** Linear, and what noise makes of it. */
const highestExponent = 1.15

const docs = `${import.meta.dirname}/../../docs`

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`

const tableOf = ({ sweep, points }: Curve): string =>
  [
    row([sweep.title, ...points.map(({ size }) => String(size))]),
    row(['---', ...points.map(() => '--:')]),
    row([`CPU ms, ${sweep.each}`, ...points.map(({ size, cpu }) => (cpu / size).toPrecision(2))]),
    row(['RSS MB', ...points.map(({ memory }) => memory.toFixed(0))]),
    ...(points.some(({ refused }) => refused > 0)
      ? [row(['refused', ...points.map(({ refused }) => `${(100 * refused).toFixed(0)} %`)])]
      : []),
    `\nThe whole grows as the size to the power of ${exponentOf(points).toFixed(2)}.\n\n`,
  ].join('')

const { upstream, folder, end } = await surround()
await upstream.send('fresh')
const only = process.argv.slice(2).filter((each) => !each.startsWith('--'))
const sweeps = [...requestSweeps, ...connectionSweeps].filter(({ name }) => only.length === 0 || only.includes(name))
const curves: Curve[] = []
for (const sweep of sweeps) {
  const points: Point[] = []
  for (const size of sizes) points.push(await sweep.measure(size, { upstream, folder }))
  curves.push({ sweep, points })
  process.stdout.write(tableOf({ sweep, points }))
}
if (process.argv.includes('--write')) {
  writeFileSync(`${docs}/performance-growth.svg`, await plot(curves))
  writeSection('growth', curves.map(tableOf).join(''))
}
await end()
process.exitCode = curves.some(({ points }) => exponentOf(points) > highestExponent) ? 1 : 0
