/**
 * How many requests a second one process answers before it sheds load: `node bench/throughput.ts`. The gateway has core 0 to
 * itself; upstreams that cost nothing and the load have the others (Linux). Requests come at a given rate, whether or not
 * earlier ones are answered; each rate lasts 8 seconds, of which the last 5 count.
 */
import { cpus } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { Pool } from 'undici'
import { percentile } from './figures.ts'
import { freePort, startScript, stop } from './processes.ts'

const rates = [50, 100, 200, 400, 600, 800, 1_000, 1_250, 1_500, 2_000, 2_500, 3_000, 4_000]
const warmMs = 3_000
const countedMs = 5_000
const tickMs = 10

/** Asked at every request, whatever is kept. */
const fresh = { 'cache-control': 'no-cache' }

interface Case {
  name: string
  path(index: number): string
  headers?: Record<string, string>
}

const cases: readonly Case[] = [
  { name: 'a property, kept', path: (index) => `/properties/${10_000 + (index % 100)}` },
  { name: 'a property, asked upstream', path: (index) => `/properties/${10_000 + (index % 100)}`, headers: fresh },
  { name: 'an event’s properties, asked upstream', path: () => '/events/7/properties' },
  { name: '50 of 100 leads, asked upstream', path: () => '/leads?brokerageId=b1&limit=50' },
]

const [upstream, port] = await Promise.all([freePort(), freePort()])
const base = `http://127.0.0.1:${port}`

const startGateway = () =>
  startScript(
    'src/server.ts',
    [],
    {
      ...{
        PORT: `${port}`,
        LOG_LEVEL: 'silent',
        FOYER_AUTH: 'off',
        FOYER_RATE_LIMIT: 'off',
        FOYER_STORE_URL: 'memory:',
      },
      ...{ SPACIO_BASE_URL: `http://127.0.0.1:${upstream}`, SPACIO_API_KEY: 'key', SPACIO_HOURLY_BUDGET: '10000000' },
      ...{ LIONDESK_BASE_URL: `http://127.0.0.1:${upstream}`, LIONDESK_ACCESS_TOKEN: 'token' },
    },
    { core: 0 },
  )

interface Figures {
  answered: number
  refused: number
  times: number[]
}

const sendOne = async (pool: Pool, { path, headers = {} }: Case, index: number, figures: Figures | null) => {
  const began = performance.now()
  try {
    const reply = await pool.request({ method: 'GET', path: path(index), headers })
    await reply.body.dump()
    if (!figures) return
    figures.times.push(performance.now() - began)
    figures[reply.statusCode < 300 ? 'answered' : 'refused'] += 1
  } catch {
    if (figures) figures.refused += 1
  }
}

const atRate = async (pool: Pool, which: Case, rate: number): Promise<Figures> => {
  const figures: Figures = { answered: 0, refused: 0, times: [] }
  const began = performance.now()
  const pending: Promise<void>[] = []
  for (let sent = 0; performance.now() - began < warmMs + countedMs; await wait(tickMs)) {
    const passed = performance.now() - began
    for (; sent < (passed * rate) / 1000; sent += 1)
      pending.push(sendOne(pool, which, sent, passed > warmMs ? figures : null))
  }
  await Promise.all(pending)
  return figures
}

/** The highest rate of which nothing is refused, with a second try for each. */
const highest = async (which: Case): Promise<string> => {
  const gateway = await startGateway()
  const pool = new Pool(base, { connections: 64 })
  let best = 'none'
  for (const rate of rates) {
    let figures = await atRate(pool, which, rate)
    if (figures.refused > 0) figures = await atRate(pool, which, rate)
    if (figures.refused > 0) break
    best = `${rate} a second | ${percentile(figures.times, 0.5).toFixed(0)} ms | ${percentile(figures.times, 0.99).toFixed(0)} ms`
  }
  await pool.close()
  await stop(gateway, 'SIGKILL')
  return best
}

process.stdout.write(`${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}\n\n`)
process.stdout.write('| request | answered, none refused | p50 | p99 |\n| --- | --: | --: | --: |\n')
const stub = await startScript('bench/stub.ts', [`${upstream}`], {})
for (const which of cases) process.stdout.write(`| ${which.name} | ${await highest(which)} |\n`)
await stop(stub, 'SIGKILL')
