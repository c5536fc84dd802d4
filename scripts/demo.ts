/** `npm run demo`: both upstreams simulated, and a gateway on them. Ends with Ctrl-C, and when one of the two ends. */
import { type ChildProcess, spawn } from 'node:child_process'
import { parseArgs } from 'node:util'

const { values: ports } = parseArgs({
  options: {
    port: { type: 'string', default: '3000' },
    'spacio-port': { type: 'string', default: '4010' },
    'liondesk-port': { type: 'string', default: '4020' },
  },
})

const root = `${import.meta.dirname}/..`

const children: ChildProcess[] = []

const stop = (): void => {
  for (const child of children) child.kill('SIGTERM')
}

/** Starts a process of the project; when it ends, so does the demo. */
const start = (script: string, args: string[], env: Record<string, string>): ChildProcess => {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', `${root}/${script}`, ...args], {
    env,
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

process.once('SIGINT', stop)
process.once('SIGTERM', stop)

const address = (port: string): string => `http://127.0.0.1:${port}`

const sandbox = start(
  'sandbox/server.ts',
  ['--spacio-port', ports['spacio-port'], '--liondesk-port', ports['liondesk-port'], '--with-parent'],
  {},
)

if (await isUp(sandbox)) {
  const gateway = start('src/server.ts', [], {
    PORT: ports.port,
    LOG_LEVEL: 'warn',
    FOYER_STORE_URL: 'memory:',
    SPACIO_BASE_URL: address(ports['spacio-port']),
    SPACIO_API_KEY: 'sandbox-spacio-key',
    LIONDESK_BASE_URL: address(ports['liondesk-port']),
    LIONDESK_ACCESS_TOKEN: 'c0ffee0000000000000000000000000000000001',
  })
  gateway.stdout?.pipe(process.stdout)
  const base = address(ports.port)
  if (await isUp(gateway)) {
    process.stdout.write(`
Foyer is at ${base}. Its upstreams are simulated: Spacio at ${address(ports['spacio-port'])}, LionDesk at ${address(ports['liondesk-port'])}.

  Try the API in a browser:  ${base}/docs

  The latest visitors of a brokerage:
    curl '${base}/leads?brokerageId=b1001&limit=2'

  A property, in clean words:
    curl '${base}/properties/10101'

  Attach that property to a CRM event:
    curl '${base}/events/9/properties' -H 'content-type: application/json' -d '{"fromSid": 10101, "mlsStatus": "For Sale"}'

Ctrl-C ends it.
`)
  }
}
