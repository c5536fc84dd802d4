/**
 * Both upstreams away for minutes: `npm run bench:outage -- --seconds 300 --kind refused` (nothing listens) or `blackholed`
 * (connections are taken, nothing is answered). Ends with 1 if answers are slow, memory grows, or the gateway does not come
 * back by itself.
 */
import type { ChildProcess } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Pool } from 'undici'
import { percentile } from './figures.ts'
import { measure, probed } from './probed.ts'
import { freePort, startScript, stop } from './processes.ts'
import { trendOf } from './trend.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '300' },
    kind: { type: 'string', default: 'refused' },
    rate: { type: 'string', default: '20' },
  },
})
const lasts = Number(values.seconds)
const everyMs = 1000 / Number(values.rate)

/** A timed-out attempt at each class, five times over, opens every breaker within this. */
const opensWithin = 20

/** A breaker's longest pause, scattered, and the probe after it. */
const longestRecovery = 160

const MiB = 1024 * 1024

interface Kind {
  name: string
  method: 'GET' | 'PATCH'
  path: string
  headers?: Record<string, string>
  body?: string
}

const fresh = { 'cache-control': 'no-cache' }

const kinds: readonly Kind[] = [
  { name: 'a property, kept', method: 'GET', path: '/properties/10000' },
  { name: 'a property, asked upstream', method: 'GET', path: '/properties/10001', headers: fresh },
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

interface Answer {
  kind: Kind
  /** Seconds since the outage began. */
  at: number
  milliseconds: number
  /** 0: no answer. */
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
  probed,
)
const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 128 })
let outageBegan = performance.now()

const ask = async (kind: Kind): Promise<Answer> => {
  const began = performance.now()
  const at = (began - outageBegan) / 1000
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

/** Asks at a fixed rate, one kind after the other, until it is enough. */
const askUntil = async (isEnough: (answers: readonly Answer[]) => boolean): Promise<Answer[]> => {
  const answers: Answer[] = []
  const pending: Promise<unknown>[] = []
  const began = performance.now()
  for (let sent = 0; !isEnough(answers); await wait(10)) {
    for (; sent < (performance.now() - began) / everyMs; sent += 1) {
      const kind = kinds[sent % kinds.length] as Kind
      pending.push(
        ask(kind).then((answer) => {
          answers.push(answer)
          answered += 1
        }),
      )
    }
  }
  await Promise.all(pending)
  return answers
}

const heaps: number[] = []

/** What the gateway has worked by then, in milliseconds, and how many answers it had given since the outage began. */
const work: { cpu: number; answered: number }[] = []
let answered = 0

const watchMemory = async (): Promise<void> => {
  for (; outageSeconds() < lasts; await wait((lasts * 1000) / 40)) {
    const { heap, cpu } = await measure(gateway)
    heaps.push(heap)
    work.push({ cpu, answered })
  }
}

const outageSeconds = (): number => (performance.now() - outageBegan) / 1000

const begin = async (child: ChildProcess): Promise<void> => {
  if (values.kind === 'blackholed') child.kill('SIGSTOP')
  else await stop(child, 'SIGKILL')
  outageBegan = performance.now()
}

const end = async (): Promise<void> => {
  if (values.kind === 'blackholed') stub.kill('SIGCONT')
  else stub = await startStub()
}

const row = (cells: readonly (string | number)[]): void => {
  process.stdout.write(`| ${cells.join(' | ')} |\n`)
}

const statusesOf = (answers: readonly Answer[]): string =>
  [...Map.groupBy(answers, ({ status }) => status)]
    .toSorted(([a], [b]) => a - b)
    .map(([status, { length }]) => `${status} ×${length}`)
    .join(', ')

const before = await askUntil((answers) => answers.length >= 20 * kinds.length)
await begin(stub)
const watching = watchMemory()
const during = await askUntil(() => outageSeconds() >= lasts)
await watching
await end()
const ended = performance.now()
const sinceEnd = () => (performance.now() - ended) / 1000
const recovered = new Map<string, number>()
const after = await askUntil((answers) => {
  for (const { status, kind } of answers)
    if (status === 200 && !recovered.has(kind.name)) recovered.set(kind.name, sinceEnd())
  return recovered.size === kinds.length || sinceEnd() > longestRecovery
})

process.stdout.write(`Both upstreams ${values.kind} for ${lasts} s, ${values.rate} requests a second.\n\n`)
row([
  'request',
  'before: median',
  `outage after ${opensWithin} s: median`,
  'p99',
  'over a second',
  'answers',
  'well again after',
])
row(['---', '--:', '--:', '--:', '--:', '---', '--:'])
let isQuick = true
for (const kind of kinds) {
  const of = (answers: readonly Answer[]) => answers.filter((answer) => answer.kind === kind)
  const settled = of(during).filter(({ at }) => at > opensWithin)
  const times = settled.map(({ milliseconds }) => milliseconds)
  isQuick &&= percentile(times, 0.5) < 50
  const usual = percentile(
    of(before).map(({ milliseconds }) => milliseconds),
    0.5,
  )
  const slow = times.filter((time) => time > 1_000).length
  row([
    kind.name,
    `${usual.toFixed(1)} ms`,
    `${percentile(times, 0.5).toFixed(1)} ms`,
    `${percentile(times, 0.99).toFixed(0)} ms`,
    `${slow} of ${times.length}`,
    statusesOf(settled),
    recovered.has(kind.name) ? `${recovered.get(kind.name)?.toFixed(0)} s` : 'NEVER',
  ])
}
const [first, last] = [work[4], work.at(-1)]
const workOfAnswer = first && last ? (last.cpu - first.cpu) / (last.answered - first.answered) : Number.NaN
const heap = trendOf(heaps.slice(4), 5 * MiB)
const inMB = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
process.stdout.write(`
heap after collection, first and last third of the outage: ${inMB(heap.first)}, ${inMB(heap.last)}${heap.isFlat ? '' : ' GROWS'}
work of the gateway for each answer: ${workOfAnswer.toFixed(1)} ms of a core
requests ${before.length + during.length + after.length}, without an answer ${[...during, ...after].filter(({ status }) => status === 0).length}
`)
await stop(gateway)
await stop(stub, 'SIGKILL')
await pool.destroy()
process.exit(isQuick && heap.isFlat && recovered.size === kinds.length && gateway.exitCode === 0 ? 0 : 1)
