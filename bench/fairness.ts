/**
 * Measures how one tenant and slow reports affect other tenants: `npm run bench:fairness -- --rounds 4 --seconds 15`
 * (Linux). Rounds with and without the disturbance alternate, and only their ratio counts, so that other load on the
 * machine affects both.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Pool } from 'undici'
import { getPercentile } from './figures.ts'
import { freePort, startScript, stop } from './processes.ts'
import { createKey, createTenant } from './tenants.ts'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '4' }, seconds: { type: 'string', default: '15' } },
})
const rounds = Number(values.rounds)
const roundMs = Number(values.seconds) * 1000

/** Milliseconds of an upstream report. */
const reportMs = 3_000

/** Requests per second and tenant. The tenant's limit allows bursts of twice this rate. */
const normalRate = 4
const limitPerMinute = 2 * normalRate * 60

const names = ['greedy', 'north', 'east', 'south', 'west']
const [upstream, port] = await Promise.all([freePort(), freePort()])
const address = `http://127.0.0.1:${upstream}`
const folder = mkdtempSync(join(tmpdir(), 'foyer-fairness-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
const tenantsFile = join(folder, 'tenants.json')
writeFileSync(tenantsFile, JSON.stringify({ tenants: names.map((name) => createTenant(name, address)) }))

const stub = await startScript('bench/stub.ts', [`${upstream}`, `${reportMs}`], {})
const gateway = await startScript('src/server.ts', [], {
  ...{ PORT: `${port}`, LOG_LEVEL: 'silent', FOYER_STORE_URL: 'memory:', FOYER_RATE_LIMIT: `${limitPerMinute}` },
  // Each tenant has its own address.
  ...{ FOYER_TENANTS_FILE: tenantsFile, FOYER_TRUST_PROXY: '127.0.0.1', LIONDESK_BASE_URL: address },
})
const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 256 })

interface Figures {
  times: number[]
  failures: Map<number, number>
  requests: number
}

const createFigures = (): Figures => ({ times: [], failures: new Map(), requests: 0 })

interface Load {
  name: string
  rate: number
  path(index: number): string
  figures: Figures
}

const createPropertyPath = (index: number): string => `/properties/${10_000 + (index % 100)}`
const createReportPath = (index: number): string => `/leads?brokerageId=b${index % 50}&limit=10`

const sendOne = async ({ name, path, figures }: Load, index: number): Promise<void> => {
  const began = performance.now()
  const headers = {
    'x-api-key': createKey(name),
    'cache-control': 'no-cache',
    'x-forwarded-for': `192.0.2.${1 + names.indexOf(name)}`,
  }
  const status = await pool.request({ method: 'GET', path: path(index), headers }).then(
    async (reply) => {
      await reply.body.dump()
      return reply.statusCode
    },
    () => 0,
  )
  figures.requests += 1
  if (status === 200) figures.times.push(performance.now() - began)
  else figures.failures.set(status, (figures.failures.get(status) ?? 0) + 1)
}

/** Returns random request times in milliseconds, so that clients are independent of each other. */
const createMoments = ({ rate }: Load): number[] => {
  const moments: number[] = []
  const next = (after: number): number => after - (1000 / rate) * Math.log(1 - Math.random())
  for (let moment = next(0); moment < roundMs; moment = next(moment)) moments.push(moment)
  return moments
}

const run = async (loads: readonly Load[]): Promise<void> => {
  const began = performance.now()
  const sendAll = async (load: Load): Promise<void> => {
    const pending: Promise<void>[] = []
    for (const [index, moment] of createMoments(load).entries()) {
      await wait(Math.max(0, moment - (performance.now() - began)))
      pending.push(sendOne(load, index))
    }
    await Promise.all(pending)
  }
  await Promise.all(loads.map(sendAll))
}

const others = names.slice(1)

/** Interactive reads of the other tenants at their normal rate. */
const createNormalLoads = (figures: Figures): Load[] =>
  others.map((name) => ({ name, rate: normalRate, path: createPropertyPath, figures }))

const compare = async (disturb: (figures: Figures) => Load[]) => {
  const [calm, disturbed, disturbing] = [createFigures(), createFigures(), createFigures()]
  for (let round = 0; round < rounds; round += 1) {
    await run(createNormalLoads(calm))
    await run([...createNormalLoads(disturbed), ...disturb(disturbing)])
  }
  return { calm, disturbed, disturbing }
}

const formatRow = (cells: readonly (string | number)[]): void => {
  process.stdout.write(`| ${cells.join(' | ')} |\n`)
}

const getSuccessShare = ({ times, requests }: Figures): number => times.length / requests

const printFigures = (name: string, figures: Figures): void => {
  const failures = [...figures.failures].map(([status, count]) => `${status} ×${count}`).join(', ')
  const at = (share: number) => `${getPercentile(figures.times, share).toFixed(1)} ms`
  formatRow([
    name,
    figures.requests,
    `${(100 * getSuccessShare(figures)).toFixed(2)} %`,
    at(0.5),
    at(0.99),
    failures || 'none',
  ])
}

/** The maximum slowdown of the 99th percentile of interactive reads. */
const maxSlowdown = 1.2

const scenarios = [
  {
    name: 'one tenant at ten times its rate',
    maxSlowdownFactor: Number.POSITIVE_INFINITY,
    disturb: (figures: Figures): Load[] => [
      { name: 'greedy', rate: 10 * normalRate, path: createPropertyPath, figures },
    ],
  },
  {
    name: `every tenant also requests reports of ${reportMs / 1000} s`,
    maxSlowdownFactor: maxSlowdown,
    disturb: (figures: Figures): Load[] => names.map((name) => ({ name, rate: 1, path: createReportPath, figures })),
  },
]

formatRow(['single reads of four tenants', 'requests', 'answered', 'median', 'p99', 'others'])
formatRow(['---', '--:', '--:', '--:', '--:', '---'])
await run(createNormalLoads(createFigures()))
const ratios: string[] = []
let isFair = true
for (const { name, maxSlowdownFactor, disturb } of scenarios) {
  const { calm, disturbed, disturbing } = await compare(disturb)
  printFigures(`without ${name}`, calm)
  printFigures(`with ${name}`, disturbed)
  printFigures('the disturbing requests', disturbing)
  const [p50, p99] = [0.5, 0.99].map((at) => getPercentile(disturbed.times, at) / getPercentile(calm.times, at))
  ratios.push(`${name}: median × ${p50?.toFixed(2)}, p99 × ${p99?.toFixed(2)}`)
  isFair &&= getSuccessShare(disturbed) >= Math.min(0.999, getSuccessShare(calm)) && (p99 ?? 0) <= maxSlowdownFactor
}
process.stdout.write(`\n${ratios.join('\n')}\n`)
await stop(gateway)
await stop(stub, 'SIGKILL')
await pool.destroy()
process.exit(isFair ? 0 : 1)
