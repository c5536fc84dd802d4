/**
 * Simulates an outage of both upstreams: `npm run bench:outage -- --seconds 300 --kind refused` (connections are
 * rejected) or `blackholed` (connections get no response). It exits with 1 if responses are slow, memory grows, or the
 * gateway does not recover by itself.
 */
import type { ChildProcess } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Pool } from 'undici'
import { getPercentile } from './figures.ts'
import { measure, probeOptions } from './probed.ts'
import { freePort, startScript, stop } from './processes.ts'
import { computeTrend } from './trend.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '300' },
    kind: { type: 'string', default: 'refused' },
    rate: { type: 'string', default: '20' },
  },
})
const durationSeconds = Number(values.seconds)
const intervalMs = 1000 / Number(values.rate)

/** Five timed-out attempts open each circuit within this time. */
const maxOpenSeconds = 20

/** The longest pause of a circuit with jitter, and the probe after it. */
const maxRecoverySeconds = 160

const MiB = 1024 * 1024

interface RequestKind {
  name: string
  method: 'GET' | 'PATCH'
  path: string
  headers?: Record<string, string>
  body?: string
}

const noCacheHeaders = { 'cache-control': 'no-cache' }

const requestKinds: readonly RequestKind[] = [
  { name: 'a property, cached', method: 'GET', path: '/properties/10000' },
  { name: 'a property, not cached', method: 'GET', path: '/properties/10001', headers: noCacheHeaders },
  { name: 'leads of a brokerage', method: 'GET', path: '/leads?brokerageId=b1&limit=10' },
  { name: 'an event’s properties', method: 'GET', path: '/events/7/properties' },
  {
    name: 'a write',
    method: 'PATCH',
    path: '/events/7/properties/1',
    headers: { 'content-type': 'application/json' },
    body: '{"city":"Westport"}',
  },
]

interface TimedResponse {
  kind: RequestKind
  /** Seconds since the outage began. */
  at: number
  milliseconds: number
  /** 0 means no response. */
  status: number
}

const [upstream, port] = await Promise.all([freePort(), freePort()])
const startStub = () => startScript('bench/stub.ts', [`${upstream}`], {})
let stub = await startStub()
const address = `http://127.0.0.1:${upstream}`
const gateway = await startScript(
  'src/server.ts',
  [],
  {
    ...{ PORT: `${port}`, LOG_LEVEL: 'silent', FOYER_AUTH: 'off', FOYER_RATE_LIMIT: 'off', FOYER_STORE_URL: 'memory:' },
    ...{ SPACIO_BASE_URL: address, SPACIO_API_KEY: 'key', SPACIO_HOURLY_BUDGET: '10000000' },
    ...{ LIONDESK_BASE_URL: address, LIONDESK_ACCESS_TOKEN: 'token' },
  },
  probeOptions,
)
const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 128 })
let outageStartedAt = performance.now()

const ask = async (kind: RequestKind): Promise<TimedResponse> => {
  const began = performance.now()
  const at = (began - outageStartedAt) / 1000
  const { method, path, headers = {}, body = null } = kind
  const status = await pool.request({ method, path, headers, body }).then(
    async (reply) => {
      await reply.body.dump()
      return reply.statusCode
    },
    () => 0,
  )
  return { kind, at, milliseconds: performance.now() - began, status }
}

/** Sends requests at a fixed rate, alternating between kinds, until `isEnough` returns true. */
const askUntil = async (isEnough: (answers: readonly TimedResponse[]) => boolean): Promise<TimedResponse[]> => {
  const answers: TimedResponse[] = []
  const pending: Promise<unknown>[] = []
  const began = performance.now()
  for (let sent = 0; !isEnough(answers); await wait(10)) {
    for (; sent < (performance.now() - began) / intervalMs; sent += 1) {
      const kind = requestKinds[sent % requestKinds.length] as RequestKind
      pending.push(
        ask(kind).then((answer) => {
          answers.push(answer)
          answeredCount += 1
        }),
      )
    }
  }
  await Promise.all(pending)
  return answers
}

const heaps: number[] = []

/** Processor time of the gateway in milliseconds, and the number of responses since the outage began. */
const workSamples: { cpu: number; answered: number }[] = []
let answeredCount = 0

const watchMemory = async (): Promise<void> => {
  for (; getOutageSeconds() < durationSeconds; await wait((durationSeconds * 1000) / 40)) {
    const { heap, cpu } = await measure(gateway)
    heaps.push(heap)
    workSamples.push({ cpu, answered: answeredCount })
  }
}

const getOutageSeconds = (): number => (performance.now() - outageStartedAt) / 1000

const startOutage = async (child: ChildProcess): Promise<void> => {
  if (values.kind === 'blackholed') child.kill('SIGSTOP')
  else await stop(child, 'SIGKILL')
  outageStartedAt = performance.now()
}

const endOutage = async (): Promise<void> => {
  if (values.kind === 'blackholed') stub.kill('SIGCONT')
  else stub = await startStub()
}

const formatRow = (cells: readonly (string | number)[]): void => {
  process.stdout.write(`| ${cells.join(' | ')} |\n`)
}

const countStatuses = (answers: readonly TimedResponse[]): string =>
  [...Map.groupBy(answers, ({ status }) => status)]
    .toSorted(([a], [b]) => a - b)
    .map(([status, { length }]) => `${status} ×${length}`)
    .join(', ')

const before = await askUntil((answers) => answers.length >= 20 * requestKinds.length)
await startOutage(stub)
const watching = watchMemory()
const during = await askUntil(() => getOutageSeconds() >= durationSeconds)
await watching
await endOutage()
const outageEndedAt = performance.now()
const getSecondsSinceEnd = () => (performance.now() - outageEndedAt) / 1000
const recoverySeconds = new Map<string, number>()
const after = await askUntil((answers) => {
  for (const { status, kind } of answers)
    if (status === 200 && !recoverySeconds.has(kind.name)) recoverySeconds.set(kind.name, getSecondsSinceEnd())
  return recoverySeconds.size === requestKinds.length || getSecondsSinceEnd() > maxRecoverySeconds
})

process.stdout.write(`Both upstreams ${values.kind} for ${durationSeconds} s, ${values.rate} requests per second.\n\n`)
formatRow([
  'request',
  'before: median',
  `outage after ${maxOpenSeconds} s: median`,
  'p99',
  'longer than 1 s',
  'responses',
  'recovered after',
])
formatRow(['---', '--:', '--:', '--:', '--:', '---', '--:'])
let isQuick = true
for (const kind of requestKinds) {
  const filterKind = (answers: readonly TimedResponse[]) => answers.filter((answer) => answer.kind === kind)
  const settledResponses = filterKind(during).filter(({ at }) => at > maxOpenSeconds)
  const times = settledResponses.map(({ milliseconds }) => milliseconds)
  isQuick &&= getPercentile(times, 0.5) < 50
  const normalMs = getPercentile(
    filterKind(before).map(({ milliseconds }) => milliseconds),
    0.5,
  )
  const slow = times.filter((time) => time > 1_000).length
  formatRow([
    kind.name,
    `${normalMs.toFixed(1)} ms`,
    `${getPercentile(times, 0.5).toFixed(1)} ms`,
    `${getPercentile(times, 0.99).toFixed(0)} ms`,
    `${slow} of ${times.length}`,
    countStatuses(settledResponses),
    recoverySeconds.has(kind.name) ? `${recoverySeconds.get(kind.name)?.toFixed(0)} s` : 'never',
  ])
}
const [first, last] = [workSamples[4], workSamples.at(-1)]
const cpuPerResponse = first && last ? (last.cpu - first.cpu) / (last.answered - first.answered) : Number.NaN
const heap = computeTrend(heaps.slice(4), 5 * MiB)
const toMegabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
process.stdout.write(`
heap after collection, first and last third of the outage: ${toMegabytes(heap.first)}, ${toMegabytes(heap.last)}${heap.isFlat ? '' : ' GROWS'}
work of the gateway for each answer: ${cpuPerResponse.toFixed(1)} ms of a core
requests ${before.length + during.length + after.length}, without an answer ${[...during, ...after].filter(({ status }) => status === 0).length}
`)
await stop(gateway)
await stop(stub, 'SIGKILL')
await pool.destroy()
process.exit(isQuick && heap.isFlat && recoverySeconds.size === requestKinds.length && gateway.exitCode === 0 ? 0 : 1)
