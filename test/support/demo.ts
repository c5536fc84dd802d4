import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { demoKeys } from '../../cli/demo/keys.ts'

/** The port options of the demo. */
export type Ports = Record<'port' | 'spacio-port' | 'liondesk-port' | 'board-port', number>

export interface Demo {
  /** The address of the gateway. */
  url: string
  /** The headers of the client of brokerage b1001. */
  headers: Record<string, string>
  /** The address of the simulated Spacio. */
  spacio: string
  /** The address of the simulated LionDesk. */
  liondesk: string
  /** The address of the board. */
  board: string
  /** The output so far. */
  output(): string
  stop(): Promise<number | null>
}

export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

const waitForExit = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => {
    if (child.exitCode !== null) resolve(child.exitCode)
    else child.once('close', resolve)
  })

/**
 * Runs the demo on the given ports, and on free ones otherwise. Waits until it prints how to stop it, or all output
 * with --json.
 */
export const startDemo = async (
  fixedPorts: Partial<Ports> = {},
  env: Record<string, string> = {},
  more: readonly string[] = [],
): Promise<Demo> => {
  const [port, spacio, liondesk, board] = await Promise.all([freePort(), freePort(), freePort(), freePort()])
  const ports: Ports = { port, 'spacio-port': spacio, 'liondesk-port': liondesk, 'board-port': board, ...fixedPorts }
  const child = spawn(
    process.execPath,
    [
      `${import.meta.dirname}/../../bin/foyer.js`,
      'demo',
      ...Object.entries(ports).flatMap(([name, value]) => [`--${name}`, `${value}`]),
      ...more,
    ],
    { env, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let printed = ''
  const ready = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        printed += chunk.toString()
        if (/Ctrl-C|^\{[\s\S]*\n\}\n$/.test(printed)) resolve()
      })
    }
  })
  await Promise.race([ready, waitForExit(child)])
  return {
    url: `http://127.0.0.1:${ports.port}`,
    headers: { 'x-api-key': demoKeys.brokerage },
    spacio: `http://127.0.0.1:${ports['spacio-port']}`,
    liondesk: `http://127.0.0.1:${ports['liondesk-port']}`,
    board: `http://127.0.0.1:${ports['board-port']}`,
    output: () => printed,
    stop: () => {
      child.kill('SIGINT')
      return waitForExit(child)
    },
  }
}
