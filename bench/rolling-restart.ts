/**
 * Restarts gateways behind HAProxy one after the other under load: `npm run bench:restart -- --seconds 30 --gateways
 * 3`. It needs haproxy and redis-server on PATH. Every unsuccessful response counts as a failure. Every write must
 * exist exactly once afterwards.
 */
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Pool } from 'undici'
import { freePort, launch, startScript, stop } from './processes.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    gateways: { type: 'string', default: '3' },
    clients: { type: 'string', default: '16' },
  },
})
const gatewayCount = Number(values.gateways)
const rounds = 2
const clients = Number(values.clients)

/** The pause of a client between requests, which keeps the load well below the shedding limit. */
const restMs = 200

const [spacio, liondesk, redis, balancer, ...gateways] = await Promise.all(
  Array.from({ length: 4 + gatewayCount }, freePort),
)
const folder = mkdtempSync(join(tmpdir(), 'foyer-restart-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

const startGateway = (port: number): Promise<ChildProcess> =>
  startScript('src/server.ts', [], {
    PORT: `${port}`,
    LOG_LEVEL: 'silent',
    FOYER_AUTH: 'off',
    FOYER_RATE_LIMIT: 'off',
    FOYER_STORE_URL: `redis://127.0.0.1:${redis}`,
    FOYER_STORE_KEY: `${'A'.repeat(43)}=`,
    FOYER_TRUST_PROXY: '127.0.0.1',
    FOYER_MAX_REPLICAS: `${gatewayCount + 1}`,
    SPACIO_HOURLY_BUDGET: '1000000',
    SPACIO_BASE_URL: `http://127.0.0.1:${spacio}`,
    SPACIO_API_KEY: 'sandbox-spacio-key',
    LIONDESK_BASE_URL: `http://127.0.0.1:${liondesk}`,
    LIONDESK_ACCESS_TOKEN: 'c0ffee0000000000000000000000000000000001',
  })

/** Returns the configuration of compose.yaml, with these gateways instead of the Docker host name. */
const configuration = (): string => {
  const servers = gateways.map((port, index) => `    server gateway${index} 127.0.0.1:${port}`).join('\n')
  const path = join(folder, 'haproxy.cfg')
  const text = readFileSync(`${import.meta.dirname}/../deploy/haproxy.cfg`, 'utf8')
  const local = text.replace('bind :8080', `bind 127.0.0.1:${balancer}`).replace(/^ *server-template .*$/m, servers)
  writeFileSync(path, local.replace('log stdout format raw local0 notice', ''))
  return path
}

const base = `http://127.0.0.1:${balancer}`
const results = { requests: 0, writes: 0, failures: new Map<string, number>(), longest: 0 }

const fail = (what: string): void => {
  results.failures.set(what, (results.failures.get(what) ?? 0) + 1)
}

const reads = ['/properties/10101', '/properties/10102/open-houses', '/brokerages/b1001/agents', '/events/7/properties']
const body = JSON.stringify({ listingId: 'restart', city: 'Westport' })

/** One request in twenty is a write. */
const sendOne = async (pool: Pool): Promise<void> => {
  const isWrite = results.requests % 20 === 0
  results.requests += 1
  const began = performance.now()
  const headers = { 'content-type': 'application/json' }
  const request = isWrite
    ? ({ method: 'POST', path: '/events/9/properties', headers, body } as const)
    : ({ method: 'GET', path: reads[results.requests % reads.length] as string } as const)
  const reply = await pool.request(request)
  const text = await reply.body.text()
  results.longest = Math.max(results.longest, performance.now() - began)
  if (reply.statusCode >= 300)
    fail(`${request.method} ${reply.statusCode} ${/"code":"([\w-]+)"/.exec(text)?.[1] ?? ''}`)
  else if (isWrite) results.writes += 1
}

const load = async (until: AbortSignal): Promise<void> => {
  const pool = new Pool(base, { connections: clients })
  const client = async (): Promise<void> => {
    while (!until.aborted) {
      await sendOne(pool).catch((error: Error) => fail(error.message))
      await wait(restMs * (0.5 + Math.random()))
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  await pool.close()
}

const countEventRecords = async (): Promise<number> => {
  const reply = await fetch(`http://127.0.0.1:${liondesk}/__records`)
  const { data } = (await reply.json()) as { data: { api_event_id: string }[] }
  return data.filter(({ api_event_id }) => api_event_id === '9').length
}

/** Measures the time to the first line of a live feed, which must arrive immediately instead of after a full buffer. */
const measureFirstEventMs = async (): Promise<number> => {
  const began = performance.now()
  const { body: stream } = await fetch(`${base}/leads/feed?brokerageId=b1001`, {
    headers: { accept: 'text/event-stream' },
  })
  const reader = stream?.getReader()
  await reader?.read()
  await reader?.cancel()
  return performance.now() - began
}

const sandboxArgs = ['--spacio-port', `${spacio}`, '--liondesk-port', `${liondesk}`, '--leads', '2000']
await startScript('sandbox/server.ts', sandboxArgs, {})
const basics = ['--bind', '127.0.0.1', '--save', '', '--dir', folder]
const path = { PATH: `${process.env.PATH}:/usr/sbin` }
await launch(['redis-server', '--port', `${redis}`, ...basics], path, /Ready to accept/)
const processes = await Promise.all(gateways.map(startGateway))
const haproxy = launch(['haproxy', '-f', configuration()], path, /never/)
haproxy.catch(() => {})
while (
  !(await fetch(`${base}/health/ready`).then(
    ({ ok }) => ok,
    () => false,
  ))
)
  await wait(100)

const done = new AbortController()
const loading = load(done.signal)
const began = performance.now()
const pause = (Number(values.seconds) * 1000) / (rounds * gateways.length + 1)
for (let turn = 0; turn < rounds * gateways.length; turn += 1) {
  await wait(pause)
  const index = turn % gateways.length
  await stop(processes[index] as ChildProcess)
  processes[index] = await startGateway(gateways[index] as number)
}
await wait(pause)
done.abort()
await loading
const seconds = (performance.now() - began) / 1000

const stored = await countEventRecords()
const firstEvent = await measureFirstEventMs()
const failures = [...results.failures].map(([what, count]) => `${what} ×${count}`).join(', ') || '0'
process.stdout.write(
  [
    `gateways ${gatewayCount}, restarts ${rounds * gateways.length}, requests ${results.requests} in ${seconds.toFixed(0)} s, failures ${failures}`,
    `writes answered 201: ${results.writes}, records stored: ${stored}`,
    `longest request ${results.longest.toFixed(0)} ms, first bytes of a live feed after ${firstEvent.toFixed(0)} ms`,
  ].join('\n'),
)
process.stdout.write('\n')
process.exit(results.failures.size === 0 && stored === results.writes ? 0 : 1)
