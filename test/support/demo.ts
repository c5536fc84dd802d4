import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'

export interface Demo {
  url: string
  /** All that it printed so far. */
  printed(): string
  stop(): Promise<number | null>
}

export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => {
    if (child.exitCode !== null) resolve(child.exitCode)
    else child.once('close', resolve)
  })

/** Runs the demo on free ports, and waits until it says how to end it. */
export const startDemo = async (args?: string[]): Promise<Demo> => {
  const [port, spacio, liondesk] = await Promise.all([freePort(), freePort(), freePort()])
  const child = spawn(
    process.execPath,
    [
      `${import.meta.dirname}/../../scripts/demo.ts`,
      ...(args ?? ['--port', `${port}`, '--spacio-port', `${spacio}`, '--liondesk-port', `${liondesk}`]),
    ],
    { env: {}, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let printed = ''
  const ready = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        printed += chunk.toString()
        if (printed.includes('Ctrl-C')) resolve()
      })
    }
  })
  await Promise.race([ready, ended(child)])
  return {
    url: `http://127.0.0.1:${port}`,
    printed: () => printed,
    stop: () => {
      child.kill('SIGINT')
      return ended(child)
    },
  }
}
