/** Runs one case: a stub sends the body to a gateway in this process, whose event loop is monitored. */
import { createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buildApp } from '#src/app.ts'
import { loadConfig } from '#src/config.ts'
import { abuses } from './abuses.ts'

const abuse = abuses.find(({ name }) => name === process.argv[2])
if (!abuse) throw new Error('no such abuse')
const bytes = Buffer.from(abuse.body(abuse.bytes))

const before: Record<string, string> = {
  'v1/getProperty': JSON.stringify({ sid: 10191, email: 'agent1@example.com' }),
  'v1/getAccessToken': JSON.stringify({ email: 'agent1@example.com', ukey: 'u', accessToken: 'a' }),
}

const stub = createServer((request, response) => {
  request.resume()
  const operation = (request.url ?? '').startsWith('/api/') ? (request.url ?? '').slice(5) : 'liondesk'
  response.setHeader('content-type', 'application/json')
  response.end(operation === abuse.operation ? bytes : (before[operation] ?? '"access-denied"'))
})
await new Promise<void>((resolve) => stub.listen(0, '127.0.0.1', resolve))
const upstream = `http://127.0.0.1:${(stub.address() as AddressInfo).port}`
const app = await buildApp(
  loadConfig({
    LOG_LEVEL: 'silent',
    FOYER_STORE_URL: 'memory:',
    FOYER_AUTH: 'off',
    FOYER_RATE_LIMIT: 'off',
    SPACIO_API_KEY: 'k',
    SPACIO_BASE_URL: upstream,
    LIONDESK_BASE_URL: upstream,
    LIONDESK_ACCESS_TOKEN: 't',
  }),
  { now: () => new Date('2026-03-15T12:00:00Z') },
)
const gateway = await app.listen({ port: 0, host: '127.0.0.1' })

/** Streams the reply and retains only its beginning. */
const ask = (url: string): Promise<{ statusCode: number; body: string }> =>
  new Promise((resolve, reject) => {
    const accept = url.includes('export') ? 'application/x-ndjson' : 'application/json'
    get(gateway + url, { headers: { accept } }, (reply) => {
      let body = ''
      reply.on('data', (chunk: Buffer) => {
        if (body.length < 10_000) body += chunk.toString()
      })
      reply.on('end', () => resolve({ statusCode: reply.statusCode ?? 0, body }))
    }).on('error', reject)
  })

// Compilation of cold code would distort the measurement.
for (const url of ['/properties/1', '/events/7/properties', '/leads?sid=1', '/leads?teamId=t2&limit=1']) await ask(url)
globalThis.gc?.()

/** Processor time of this thread in one turn of the event loop, so that other work on the machine does not count. */
let maxTurnMs = 0
let isOver = false
const watchTurns = (): void => {
  const { user, system } = process.threadCpuUsage()
  maxTurnMs = Math.max(maxTurnMs, user + system - cpuMs)
  cpuMs = user + system
  if (!isOver) setImmediate(watchTurns)
}
let cpuMs = Number.POSITIVE_INFINITY
setImmediate(watchTurns)
let peak = process.memoryUsage.rss()
const watch = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss())
}, 5)
const startedAt = performance.now()
const reply = await ask(abuse.url)
const totalMs = performance.now() - startedAt
// Ends the turn in which the reply was created.
await new Promise((resolve) => setImmediate(resolve))
await new Promise((resolve) => setImmediate(resolve))
isOver = true
clearInterval(watch)
const code = reply.statusCode === 200 ? '200' : String((JSON.parse(reply.body || '{}') as { code?: string }).code)
const outcome = {
  status: reply.statusCode,
  code,
  stopMs: maxTurnMs / 1000,
  totalMs,
  megabytes: Math.round(Math.max(peak, process.memoryUsage.rss()) / 1024 / 1024),
}
process.send?.(outcome, () => process.exit(0))
