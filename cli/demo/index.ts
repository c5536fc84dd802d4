/**
 * `foyer demo`: starts simulated upstreams, a gateway and the board. It ends with Ctrl-C, or when one of its processes
 * ends.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Command, type Context, readArguments, toJson, UsageError } from '../command.ts'
import { createGatewayEnvironment } from './environment.ts'
import { startIssuer } from './issuer.ts'
import { demoClients, demoKeys } from './keys.ts'
import { type Addresses, formatJson, formatText } from './output.ts'
import { createProcesses } from './processes.ts'

const help = `Starts a gateway on simulated upstreams. You need no account, and no data leaves this machine.

  foyer demo
  foyer demo --origin http://localhost:5173
  foyer demo --port 0 --spacio-port 0 --liondesk-port 0 --board-port 0 --json

The command prints addresses, three API keys and a bearer token for the simulated data, and curl commands that you
can copy. It also serves the open-house board, a page that shows visitors as they sign in. Ctrl-C or SIGTERM stops
everything. If one of its processes ends, the demo ends too. It prints its own process id and that of the gateway, which
reloads its clients on SIGHUP.

  --port N            port of the gateway (3000); 0 selects any free port
  --spacio-port N     port of the simulated Spacio (4010)
  --liondesk-port N   port of the simulated LionDesk (4020)
  --board-port N      port of the board (3010)
  --origin URL        an origin whose pages may call the gateway (CORS); you can repeat this option
  --leads N           number of past visitors, up to 300000 (25000)
  --seed N            seed of the invented people and listings; the same number gives the same data (1)
  --json              prints addresses and keys as one JSON document when everything is ready

You can add faults, settings and new visitors to the simulated upstreams while they run: docs/contract-testing.md.

  exit 0   the demo was stopped by a signal
       1   a port is in use, or one of its processes ended unexpectedly
       2   wrong usage
`

const createTextOption = (initial: string) => ({ type: 'string' as const, default: initial })

const options = {
  port: createTextOption('3000'),
  'spacio-port': createTextOption('4010'),
  'liondesk-port': createTextOption('4020'),
  'board-port': createTextOption('3010'),
  origin: { type: 'string', multiple: true, default: [] as string[] },
  leads: { type: 'string' },
  seed: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const

const findFreePort = (): Promise<string> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(String(port)))
    })
  })

const parsePort = (name: string, value: string): string | Promise<string> => {
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535) throw new UsageError(`--${name} must be a port, 0 to 65535`)
  return Number(value) === 0 ? findFreePort() : value
}

const checkOrigin = (origin: string): string => {
  if (URL.canParse(origin) && new URL(origin).origin === origin) return origin
  throw new UsageError(`--origin must be an origin without a path, such as http://localhost:5173; it is ${origin}`)
}

const toLocalUrl = (port: string): string => `http://127.0.0.1:${port}`

const run = async ({ args, env, out, err }: Context): Promise<number> => {
  const { values } = readArguments(args, options)
  const origins = values.origin.map(checkOrigin)
  const portNames = ['port', 'spacio-port', 'liondesk-port', 'board-port'] as const
  const [port, spacioPort, liondeskPort, boardPort] = (await Promise.all(
    portNames.map((name) => parsePort(name, values[name])),
  )) as [string, string, string, string]
  const addresses: Addresses = {
    ...{
      url: toLocalUrl(port),
      spacio: toLocalUrl(spacioPort),
      liondesk: toLocalUrl(liondeskPort),
      board: toLocalUrl(boardPort),
    },
  }

  const folder = mkdtempSync(join(tmpdir(), 'foyer-demo-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const clientsFile = join(folder, 'clients.json')
  writeFileSync(clientsFile, JSON.stringify(demoClients))

  const issuer = await startIssuer()
  const { start, isUp, end } = createProcesses(env)
  const world = (['leads', 'seed'] as const).flatMap((name) => (values[name] ? [`--${name}`, values[name]] : []))
  const sandboxArgs = ['--spacio-port', spacioPort, '--liondesk-port', liondeskPort, '--with-parent', ...world]
  const startBoard = () =>
    start('cli/demo/board', ['--port', boardPort, '--api', addresses.url, '--key', demoKeys.brokerage])

  const startGateway = () => {
    const settings = createGatewayEnvironment({ ...addresses, port, clientsFile, origins })
    const gateway = start('src/server', [], { ...settings, ...issuer.env })
    // The gateway's log contains only warnings.
    gateway.stdout?.on('data', (chunk: Buffer) => err(chunk.toString()))
    return gateway
  }
  const isSandboxUp = await isUp(start('sandbox/server', sandboxArgs))
  const gateway = isSandboxUp ? startGateway() : undefined
  const allUp = gateway !== undefined && (await isUp(gateway)) && (await isUp(startBoard()))
  if (allUp) {
    const started = { ...addresses, token: issuer.token, pid: process.pid, gatewayPid: gateway.pid as number }
    out(values.json ? toJson(formatJson(started)) : formatText(started))
  }
  const code = await end
  issuer.close()
  if (!allUp && code !== 0)
    err(
      `To use other ports: foyer demo ${portNames.map((name) => `--${name} N`).join(' ')}; 0 selects any free port.\n`,
    )
  return code
}

export const demo: Command = { help, run }
