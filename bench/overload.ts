/**
 * Measures the gateway beyond its limits: `npm run bench:overload`, with `-- --short` for a short run, or `-- --only
 * goodput` for one part. The gateway, its upstreams and two load generators are separate processes. All targets are
 * ratios within one run. `--write` stores the goodput curve in docs/overload.svg. It exits with 1 if a target is
 * missed.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createCostTargets, measureCost } from './overload/cost.ts'
import { createFloodTargets, describeFlood, measureFloods } from './overload/floods.ts'
import { startGateway } from './overload/gateway.ts'
import { startGenerator } from './overload/generator.ts'
import { createGoodputTargets, measuredCases, measureGoodput, type Point } from './overload/goodput.ts'
import { formatRow, isMet, type Target } from './overload/targets.ts'
import { startUpstream } from './performance/upstream.ts'
import { stop } from './processes.ts'

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    only: { type: 'string' },
    case: { type: 'string' },
  },
})

const times = values.short
  ? { warmMs: 500, countedMs: 1_500, floodMs: 4_000, costMs: 2_000 }
  : { warmMs: 1_500, countedMs: 4_000, floodMs: 12_000, costMs: 6_000 }

const folder = mkdtempSync(join(tmpdir(), 'foyer-overload-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
const upstream = await startUpstream(1)
const generators = [await startGenerator(), await startGenerator()] as const

const isWanted = (part: string): boolean => values.only === undefined || values.only === part

const write = (text: string): void => {
  process.stdout.write(text)
}

const targets: Target[] = []
const report = (more: readonly Target[]): void => {
  targets.push(...more)
  for (const target of more) write(formatRow(target))
}

const withGateway = async <T>(
  rateLimit: string,
  use: (gateway: Awaited<ReturnType<typeof startGateway>>) => Promise<T>,
) => {
  const gateway = await startGateway(upstream.port, folder, rateLimit)
  const result = await use(gateway)
  await stop(gateway.child, 'SIGKILL')
  return result
}

write('| target | figure | limit | |\n| --- | --: | --: | --- |\n')

const points: Point[] = []
if (isWanted('goodput')) {
  for (const each of measuredCases.filter(({ name }) => values.case === undefined || values.case === name)) {
    const measured = await withGateway('off', (gateway) => measureGoodput(gateway, generators[0], each, times))
    points.push(...measured)
    report(createGoodputTargets(measured))
  }
}
const notes: string[] = []
if (isWanted('floods')) {
  const reports = await withGateway('3000', (gateway) => measureFloods(gateway, generators, times.floodMs))
  report(createFloodTargets(reports))
  notes.push(...reports.map(describeFlood))
}
if (isWanted('cost')) {
  report(createCostTargets(await withGateway('off', (gateway) => measureCost(gateway, generators[0], times.costMs))))
}

write(`\n${notes.join('')}`)
for (const { name, loop, size, goodput, refused, p99, used } of points) {
  write(
    `${name} ${loop} ${size}: ${goodput.toFixed(0)}/s, refused ${(100 * refused).toFixed(1)} %, p99 ${p99.toFixed(0)} ms, CPU ${(100 * used).toFixed(0)} %\n`,
  )
}
if (values.write) {
  const { plotGoodput } = await import('./overload/plot.ts')
  writeFileSync(`${import.meta.dirname}/../docs/overload.svg`, await plotGoodput(points))
}
await Promise.all(generators.map((generator) => generator.stop()))
await stop(upstream.child, 'SIGKILL')
const missedTargets = targets.filter((target) => !isMet(target)).length
write(`\n${targets.length - missedTargets} of ${targets.length} targets met.\n`)
process.exit(missedTargets === 0 ? 0 : 1)
