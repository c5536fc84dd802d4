/** Gateways in separate processes on one file: they are killed, restarted, and replaced by others. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts'
import { compileCacheEnvironment } from '../../support/compile-cache.ts'
import { type EventReader, openEventReader } from '../../support/event-reader.ts'
import { createPath, runCleanup } from '../../support/store/temporary.ts'
import { createEnvironment } from '../../support/test-gateway.ts'

const children: ChildProcess[] = []
let sandbox: Sandbox

afterEach(async () => {
  await Promise.all(children.splice(0).map(kill))
  await sandbox?.close()
  await runCleanup()
})

const kill = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

const startGateway = async (path: string): Promise<{ url: string; child: ChildProcess }> => {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/server.ts'], {
    cwd: `${import.meta.dirname}/../../..`,
    env: {
      ...(createEnvironment(sandbox) as Record<string, string>),
      ...compileCacheEnvironment,
      PORT: '0',
      FOYER_AUTH: 'off',
      FOYER_STORE_URL: `file:${path}`,
      FOYER_FEED_FLOOR: '0.05',
      SPACIO_HOURLY_BUDGET: '10000000',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  let printed = ''
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString()
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)
      if (found) resolve(found[0])
    })
    child.once('exit', () => reject(new Error(`the gateway ended: ${printed}`)))
  })
  return { url, child }
}

const listen = (url: string, lastId = ''): Promise<EventReader> =>
  openEventReader(`${url}/leads/feed?brokerageId=b1001`, lastId === '' ? {} : { 'last-event-id': lastId })

test('killed while leads arrive and restarted: a reader that resumes has every lead once', {
  timeout: 90_000,
}, async () => {
  sandbox = await startSandbox({ leads: 500 })
  const path = createPath()
  const [one, two] = [await startGateway(path), await startGateway(path)]
  const arrived: string[] = []
  const arrive = (): void => {
    arrived.push(sandbox.control.spacio.addLead({ sid: 10101 })[0]?.id as string)
  }
  const first = await listen(one.url)
  await expect.poll(first.lastId).not.toBe('')
  const steady = await listen(two.url)
  await expect.poll(steady.lastId).not.toBe('')
  const arrivals = setInterval(arrive, 40)
  try {
    await expect.poll(() => first.leadIds().length).toBeGreaterThan(5)
    await kill(one.child)
    await first.ended
    const count = arrived.length
    await expect.poll(() => arrived.length).toBeGreaterThan(count + 5)
    const again = await startGateway(path)
    const resumed = await listen(again.url, first.lastId())
    await expect.poll(() => resumed.leadIds().length).toBeGreaterThan(5)
    clearInterval(arrivals)
    const all = () => [...first.leadIds(), ...resumed.leadIds()]
    await expect.poll(() => all().length).toBeGreaterThanOrEqual(arrived.length)
    await expect.poll(() => steady.leadIds().length).toBeGreaterThanOrEqual(arrived.length)
    arrive()
    await expect.poll(() => all().includes(arrived.at(-1) as string)).toBe(true)
    await expect.poll(() => steady.leadIds().includes(arrived.at(-1) as string)).toBe(true)
    expect(all().sort()).toEqual(arrived.toSorted())
    expect(steady.leadIds().sort()).toEqual(arrived.toSorted())
    expect(steady.leadIds().length).toBe(new Set(steady.leadIds()).size)
  } finally {
    clearInterval(arrivals)
  }
})
