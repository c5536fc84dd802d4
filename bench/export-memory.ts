/**
 * Measures the peak memory of the gateway during exports of 1,000 and 100,000 leads: `npm run bench:export`. Sandbox
 * and gateway are separate processes. The peak is the kernel's VmHWM (Linux only).
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout } from 'node:timers/promises'
import { startEnvironment, startFlags } from '../cli/start.ts'

const root = `${import.meta.dirname}/..`

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

const start = (script: string, args: string[], env: Record<string, string>): Promise<ChildProcess> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...startFlags, `${root}/${script}`, ...args], {
      env: { ...startEnvironment, ...env },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    })
    // Ends the processes if the measurement fails.
    process.once('exit', () => child.kill())
    child.stdout?.once('data', () => resolve(child))
    child.once('message', () => resolve(child))
    child.once('exit', (code) => reject(new Error(`${script} ended with ${code}`)))
  })

const readPeakMemory = async ({ pid }: ChildProcess): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024
}

/** Retries while the gateway sheds load, which it may do on a busy machine. */
const openWithRetry = async (url: string, tries = 30): Promise<{ reply: Response; began: number }> => {
  const began = performance.now()
  const reply = await fetch(url)
  if (reply.status !== 503 || tries === 1) return { reply, began }
  await reply.body?.cancel()
  await setTimeout(Number(reply.headers.get('retry-after')) * 1000)
  return openWithRetry(url, tries - 1)
}

const download = async (url: string): Promise<{ lines: number; seconds: number }> => {
  let lines = 0
  const { reply, began } = await openWithRetry(url)
  const { ok, body } = reply
  if (!ok || !body) throw new Error(`the export was refused: ${await reply.text()}`)
  const counter = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      for (const byte of chunk) if (byte === 10) lines += 1
      done()
    },
  })
  await pipeline(body, counter)
  return { lines, seconds: (performance.now() - began) / 1000 }
}

const measure = async (leads: number, format: string): Promise<number> => {
  const [spacio, liondesk] = await Promise.all([freePort(), freePort()])
  const ports = ['--spacio-port', `${spacio}`, '--liondesk-port', `${liondesk}`]
  const sandbox = await start('sandbox/server.ts', [...ports, '--leads', `${leads}`, '--with-parent'], {})
  const port = await freePort()
  const gateway = await start('src/server.ts', [], {
    PORT: `${port}`,
    LOG_LEVEL: 'silent',
    FOYER_AUTH: 'off',
    FOYER_STORE_URL: 'memory:',
    SPACIO_BASE_URL: `http://127.0.0.1:${spacio}`,
    SPACIO_API_KEY: 'sandbox-spacio-key',
  })
  const base = `http://127.0.0.1:${port}/leads/export?format=${format}`
  // The first export is a warm-up. The second one shows how the peak grows.
  await download(`${base}&brokerageId=b1001`)
  const to = new Date().toISOString().slice(0, 10)
  const from = new Date(Date.now() - 365 * 86_400_000).toISOString().slice(0, 10)
  const { lines, seconds } = await download(`${base}&brokerageId=b1001&from=${from}&to=${to}`)
  const peak = await readPeakMemory(gateway)
  process.stdout.write(
    `${format}\t${leads}\t${lines}\t${peak.toFixed(0)} MB\t${(lines / seconds).toFixed(0)} leads/s\n`,
  )
  for (const child of [gateway, sandbox]) {
    child.removeAllListeners('exit')
    child.kill()
  }
  return peak
}

process.stdout.write('format\tleads in all\tlines\tpeak\trate\n')
for (const format of ['ndjson', 'csv']) {
  const smallExport = await measure(1_000, format)
  const largeExport = await measure(170_000, format)
  process.stdout.write(`${format}\tgrowth of the peak: ${(largeExport - smallExport).toFixed(0)} MB\n`)
}
