/** A real forward proxy (tinyproxy) and the requests that it received. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './demo.ts'

/** With `CI=true`, no test is skipped. */
export const skipsProxy = spawnSync('tinyproxy', ['-v']).error !== undefined && !process.env.CI

if (skipsProxy) process.stderr.write('Skipped: a real proxy, since there is no tinyproxy on PATH.\n')

export interface ForwardProxy {
  url: string
  /** Request lines, such as `CONNECT localhost:1234`. */
  requests(): string[]
  close(): Promise<void>
}

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    }).once('error', () => resolve(false))
  })

const waitUntilListening = async (child: ChildProcess, port: number): Promise<void> => {
  while (!(await isListening(port))) {
    if (child.exitCode !== null) throw new Error(`tinyproxy ended with ${child.exitCode}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** `more`: additional lines of its configuration. */
export const startProxy = async (more: readonly string[] = []): Promise<ForwardProxy> => {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'foyer-proxy-'))
  const [configuration, log] = [join(folder, 'tinyproxy.conf'), join(folder, 'log')]
  const lines = [`Port ${port}`, 'Listen 127.0.0.1', 'Allow 127.0.0.1', `LogFile "${log}"`, 'LogLevel Connect', ...more]
  writeFileSync(configuration, `${lines.join('\n')}\n`)
  const child = spawn('tinyproxy', ['-d', '-c', configuration], { stdio: ['ignore', 'ignore', 'inherit'] })
  await waitUntilListening(child, port)
  return {
    url: `http://127.0.0.1:${port}`,
    requests: () =>
      [...readFileSync(log, 'utf8').matchAll(/: (\w+ \S+) HTTP\/1\.1$/gm)].map(([, line]) => line as string),
    close: async () => {
      child.kill('SIGTERM')
      await once(child, 'exit')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
