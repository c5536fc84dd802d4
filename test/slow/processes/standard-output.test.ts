/** If standard output is full, stalled or closed, only log lines are lost. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, mkdtempSync, openSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'

const root = `${import.meta.dirname}/../../..`

const closers: (() => void)[] = []

afterEach(() => {
  for (const close of closers.splice(0)) close()
})

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

interface Gateway {
  child: ChildProcess
  get(path: string): Promise<Response>
}

/** Its log does not contain its address here, so the test sets the port. */
const start = async (stdout: number | 'pipe'): Promise<Gateway> => {
  const port = await freePort()
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', `${root}/src/server.ts`], {
    env: {
      PORT: String(port),
      FOYER_STORE_URL: 'memory:',
      SPACIO_API_KEY: 'key',
      SPACIO_BASE_URL: 'http://127.0.0.1:9',
      FOYER_AUTH: 'off',
      FOYER_RATE_LIMIT: 'off',
      // Health checks are logged at this level.
      LOG_LEVEL: 'debug',
    },
    stdio: ['ignore', stdout, 'inherit'],
  })
  closers.push(() => child.kill('SIGKILL'))
  const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(5_000) })
  const isUp = () =>
    get('/health/live').then(
      ({ ok }) => ok,
      () => false,
    )
  await expect.poll(isUp).toBe(true)
  return { child, get }
}

/** The log lines of these requests are more than a pipe or a socket can buffer. */
const askOften = async ({ get }: Gateway): Promise<void> => {
  for (let round = 0; round < 100; round += 1) {
    const replies = await Promise.all(Array.from({ length: 20 }, () => get('/health/live')))
    for (const reply of replies) expect([reply.status, await reply.json()]).toEqual([200, expect.anything()])
  }
}

const endInTime = async ({ child }: Gateway): Promise<unknown> => {
  const ended = once(child, 'exit', { signal: AbortSignal.timeout(10_000) })
  child.kill('SIGTERM')
  return (await ended)[0]
}

const openForWriting = (path: string): number => {
  const fd = openSync(path, 'w')
  closers.push(() => closeSync(fd))
  return fd
}

/** A pipe with a reader that reads nothing. */
const stalledPipe = (): number => {
  const path = join(mkdtempSync(join(tmpdir(), 'foyer-')), 'pipe')
  execFileSync('mkfifo', [path])
  const reader = openSync(path, constants.O_RDWR | constants.O_NONBLOCK)
  closers.push(() => closeSync(reader))
  return openForWriting(path)
}

test('a full disk: requests are answered, the lost lines are counted, SIGTERM ends the process', async () => {
  const gateway = await start(openForWriting('/dev/full'))
  await askOften(gateway)
  const figures = await (await gateway.get('/metrics')).text()
  const [, lost] = /^foyer_log_lines_dropped_total\{reason="output"\} (\d+)$/m.exec(figures) ?? []
  expect(Number(lost)).toBeGreaterThan(0)
  expect(await endInTime(gateway)).toBe(0)
})

test('a pipe without a reader: requests are answered, SIGTERM ends the process', async () => {
  const gateway = await start(stalledPipe())
  await askOften(gateway)
  expect(await endInTime(gateway)).toBe(0)
})

test('a socket without a reader: requests are answered, SIGTERM ends the process', async () => {
  const gateway = await start('pipe')
  gateway.child.stdout?.pause()
  await askOften(gateway)
  expect(await endInTime(gateway)).toBe(0)
})

test('a closed reader: requests are answered, SIGTERM ends the process', async () => {
  const gateway = await start('pipe')
  gateway.child.stdout?.destroy()
  await askOften(gateway)
  expect(await endInTime(gateway)).toBe(0)
})
