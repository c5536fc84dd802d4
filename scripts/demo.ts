/** `npm run demo`: both upstreams simulated, a gateway on them, and a page on that. Ends with Ctrl-C, or with one of them. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { demoClients, demoKeys } from './demo-keys.ts'

const { values: ports } = parseArgs({
  options: {
    port: { type: 'string', default: '3000' },
    'spacio-port': { type: 'string', default: '4010' },
    'liondesk-port': { type: 'string', default: '4020' },
    'board-port': { type: 'string', default: '3010' },
  },
})

const root = `${import.meta.dirname}/..`

const children: ChildProcess[] = []

let isStopping = false

/** Tells each once: at a second signal the gateway ends in the middle of what it does. */
const stop = (): void => {
  if (isStopping) return
  isStopping = true
  for (const child of children) child.kill('SIGTERM')
}

/** Starts a process of the project; when it ends, so does the demo. */
const start = (script: string, args: string[], env: Record<string, string>): ChildProcess => {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', `${root}/${script}`, ...args], {
    env,
    // A group of its own: else the Ctrl-C of a terminal would reach it beside the signal of `stop`.
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  child.once('exit', (code) => {
    process.exitCode ||= code ?? 0
    stop()
  })
  children.push(child)
  return child
}

/** Waits until a process has something to say: words, or over IPC that it is ready. False: it ended without. */
const isUp = (child: ChildProcess): Promise<boolean> =>
  new Promise((resolve) => {
    child.stdout?.once('data', () => resolve(true))
    child.once('message', () => resolve(true))
    child.once('exit', () => resolve(false))
  })

// A terminal that is closed says SIGHUP, by which the gateway only reads its clients anew.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop)

const folder = mkdtempSync(join(tmpdir(), 'foyer-demo-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
const clientsFile = join(folder, 'clients.json')
writeFileSync(clientsFile, JSON.stringify(demoClients))

const address = (port: string): string => `http://127.0.0.1:${port}`
const base = address(ports.port)
const spacio = address(ports['spacio-port'])
const liondesk = address(ports['liondesk-port'])
const page = address(ports['board-port'])

const sandbox = start(
  'sandbox/server.ts',
  ['--spacio-port', ports['spacio-port'], '--liondesk-port', ports['liondesk-port'], '--with-parent'],
  {},
)

if (await isUp(sandbox)) {
  const gateway = start('src/server.ts', [], {
    PORT: ports.port,
    LOG_LEVEL: 'warn',
    FOYER_CLIENTS_FILE: clientsFile,
    FOYER_DEMO_KEY: demoKeys.brokerage,
    // Where LionDesk sends a browser back to that has connected an account.
    FOYER_PUBLIC_URL: base,
    FOYER_STORE_URL: 'memory:',
    // The one origin whose pages may call it.
    FOYER_CORS_ORIGINS: page,
    // New leads without much of a wait: live feeds may use 57 % of this budget, just below what the sandbox grants.
    FOYER_FEED_FLOOR: '2',
    SPACIO_HOURLY_BUDGET: '20000',
    SPACIO_BASE_URL: spacio,
    SPACIO_API_KEY: 'sandbox-spacio-key',
    LIONDESK_BASE_URL: liondesk,
    LIONDESK_CLIENT_ID: 'sandbox-client',
    LIONDESK_CLIENT_SECRET: 'sandbox-secret',
    LIONDESK_ACCESS_TOKEN: 'c0ffee0000000000000000000000000000000001',
  })
  gateway.stdout?.pipe(process.stdout)
  const boardArgs = ['--port', ports['board-port'], '--api', base, '--key', demoKeys.brokerage]
  if ((await isUp(gateway)) && (await isUp(start('scripts/board.ts', boardArgs, {})))) {
    process.stdout.write(`
Foyer is at ${base}. Its upstreams are simulated: Spacio at ${spacio}, LionDesk at ${liondesk}.

  Two API keys; they open nothing but the simulated data:
    ${demoKeys.brokerage}  everything of brokerage b1001
    ${demoKeys.agent}  properties and leads of agent1@example.com

  Try the API in a browser:  ${base}/docs  (the first key is filled in)

  The latest visitors of a brokerage:
    curl '${base}/leads?brokerageId=b1001&limit=2' -H 'X-API-Key: ${demoKeys.brokerage}'

  A property, in clean words:
    curl '${base}/properties/10101' -H 'X-API-Key: ${demoKeys.agent}'

  Attach that property to a CRM event:
    curl '${base}/events/9/properties' -H 'X-API-Key: ${demoKeys.brokerage}' -H 'content-type: application/json' -d '{"fromSid": 10101, "mlsStatus": "For Sale"}'

  A property of another agent, with the key of agent1@example.com: 404, as if there were none:
    curl '${base}/properties/10102' -H 'X-API-Key: ${demoKeys.agent}'

  A page that needs nothing but the API, live:  ${page}
  Have somebody sign in, and watch it:
    curl '${spacio}/__leads' -d '{"sid": 10101, "name": "Jo Visitor"}'

Ctrl-C ends it.
`)
  } else if (process.exitCode) process.stderr.write('Other ports: npm run demo -- --port N --board-port N\n')
}
