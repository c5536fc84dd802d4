import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'

const names = ['redis-server', 'valkey-server']

/** The path of an installed Redis. Without one, the Redis tests are skipped, except in CI, where they fail. */
const serverPath: string | undefined = (process.env.PATH ?? '')
  .split(':')
  .flatMap((folder) => names.map((name) => join(folder, name)))
  .find((path) => existsSync(path))

export const skipsRedis = serverPath === undefined && !process.env.CI

if (skipsRedis) process.stderr.write('Skipped: Redis tests, since no redis-server is on PATH.\n')

export interface RedisServer {
  readonly port: number
  readonly url: string
  /** Starts it again on the same port after `kill`, without its data. */
  start(): Promise<void>
  kill(): Promise<void>
  /** Freezes the server: connections stay open, but nothing is answered. */
  freeze(): void
  thaw(): void
  /** A plain client for the test. It ends with the server. */
  inspector(): Redis
  /** Kills the server and removes its files. */
  close(): Promise<void>
}

export const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

const launch = async (port: number, folder: string, settings: readonly string[]): Promise<ChildProcess> => {
  if (serverPath === undefined) throw new Error('no redis-server on PATH')
  const basics = ['--bind', '127.0.0.1', '--port', `${port}`, '--dir', folder, '--save', '', '--appendonly', 'no']
  const child = spawn(serverPath, [...basics, ...settings], { env: {}, stdio: ['ignore', 'pipe', 'inherit'] })
  let printed = ''
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    printed += chunk
    if (!printed.includes('Ready to accept connections')) continue
    child.stdout.resume()
    return child
  }
  throw new Error(`redis-server did not start:\n${printed}`)
}

/** Starts a server on a free loopback port. `settings` are additional arguments that override the defaults. */
export const createRedis = async (settings: readonly string[] = []): Promise<RedisServer> => {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'foyer-redis-'))
  const inspectors: Redis[] = []
  let child: ChildProcess | undefined

  const endWithUs = () => child?.kill('SIGKILL')

  const kill = async (): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  process.once('exit', endWithUs)
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    start: async () => {
      child = await launch(port, folder, settings)
    },
    kill,
    freeze: () => child?.kill('SIGSTOP'),
    thaw: () => child?.kill('SIGCONT'),
    inspector: () => {
      const inspector = new Redis(port)
      inspectors.push(inspector)
      return inspector
    },
    close: async () => {
      for (const inspector of inspectors) inspector.disconnect()
      await kill()
      process.off('exit', endWithUs)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export const startRedis = async (settings?: readonly string[]): Promise<RedisServer> => {
  const server = await createRedis(settings)
  await server.start()
  return server
}
