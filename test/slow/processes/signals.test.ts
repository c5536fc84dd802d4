/** Signals that npm or npx receives reach the gateway; `npm start` reads `.env`. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { createEntry, makeKey, writeDocument } from '../../support/clients.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))

const closers: (() => void)[] = []

afterEach(() => {
  for (const close of closers.splice(0)) close()
})

const start = (command: string, args: string[], env: Record<string, string> = {}, cwd = root) => {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(command, args, {
    cwd,
    env: { PATH, HOME, npm_config_update_notifier: 'false', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    // A process group of its own, so that it can be ended as a whole if the test fails.
    detached: true,
  })
  closers.push(() => {
    try {
      process.kill(-(child.pid as number), 'SIGKILL')
    } catch {
      // The process has ended.
    }
  })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk
  })
  const printed = async (pattern: RegExp): Promise<string> => {
    await expect.poll(() => text).toMatch(pattern)
    return pattern.exec(text)?.[1] as string
  }
  return { child, printed }
}

const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })

const endsWith = async (child: ChildProcess, ports: readonly number[]): Promise<void> => {
  for (const port of ports) expect(await isOpen(port)).toBe(true)
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  for (const port of ports) await expect.poll(() => isOpen(port)).toBe(false)
  await ended
}

const gateway = { SPACIO_API_KEY: 'key', FOYER_AUTH: 'off', PORT: '0', FOYER_STORE_URL: 'memory:' }

test.each([
  ['npm', ['start']],
  ['npx', ['foyer', 'start']],
] as const)('%s %j ends with SIGTERM, and its port is free', async (command, args) => {
  const { child, printed } = start(command, [...args], gateway)
  await endsWith(child, [Number(await printed(/http:\/\/127\.0\.0\.1:(\d+)/))])
})

const anyPorts = ['--port', '0', '--spacio-port', '0', '--liondesk-port', '0', '--board-port', '0']

test.each([
  ['npm', ['run', 'demo', '--']],
  ['npx', ['foyer', 'demo']],
] as const)('%s %j ends with SIGTERM, and all its ports are free', async (command, args) => {
  const { child, printed } = start(command, [...args, ...anyPorts, '--leads', '100', '--json'])
  const ports: number[] = []
  for (const name of ['url', 'spacio', 'liondesk', 'board']) {
    ports.push(Number(await printed(new RegExp(`"${name}": "http://127.0.0.1:(\\d+)"`))))
  }
  await endsWith(child, ports)
})

test('the log names the process, which reloads its clients on SIGHUP', async () => {
  const [old, fresh] = [makeKey(), makeKey()]
  const clients = (key: string) => ({ clients: [createEntry({ id: 'web', scopes: ['ops:read'] }, key)] })
  const path = writeDocument(clients(old))
  const { child, printed } = start('npm', ['start'], { ...gateway, FOYER_AUTH: '', FOYER_CLIENTS_FILE: path })
  const pid = Number(await printed(/"pid":(\d+)/))
  const url = `http://127.0.0.1:${await printed(/http:\/\/127\.0\.0\.1:(\d+)/)}/upstreams`
  const statusWith = async (key: string) => (await fetch(url, { headers: { 'x-api-key': key } })).status
  expect([await statusWith(old), await statusWith(fresh)]).toEqual([200, 401])
  writeFileSync(path, JSON.stringify(clients(fresh)))
  process.kill(pid, 'SIGHUP')
  await printed(/the configuration was (reloaded)/)
  expect([await statusWith(old), await statusWith(fresh)]).toEqual([401, 200])
  await endsWith(child, [Number(new URL(url).port)])
})

test('foyer start reads .env where it is started, and the environment wins over it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'foyer-env-'))
  closers.push(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(
    join(folder, '.env'),
    'SPACIO_API_KEY="key"\nFOYER_AUTH=off\nPORT=0\nFOYER_STORE_URL=memory:\nLOG_LEVEL=silent\n',
  )
  const { child, printed } = start(
    process.execPath,
    [join(root, 'bin/foyer.js'), 'start'],
    { LOG_LEVEL: 'info' },
    folder,
  )
  await endsWith(child, [Number(await printed(/http:\/\/127\.0\.0\.1:(\d+)/))])
})
