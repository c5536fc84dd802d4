/** Starts the parts of a measurement as processes and ends those that remain. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { startEnvironment, startFlags } from '../cli/start.ts'

const root = `${import.meta.dirname}/..`

const running = new Set<ChildProcess>()

process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

/**
 * Starts a program. It resolves when standard output or IPC contains `sign`. `output` is an open file that receives
 * standard output.
 */
export const launch = async (
  [program = '', ...args]: readonly string[],
  env: Record<string, string>,
  sign: RegExp,
  output: number | 'pipe' = 'pipe',
): Promise<ChildProcess> => {
  const child = spawn(program, args, { env, stdio: ['ignore', output, 'inherit', 'ipc'] })
  running.add(child)
  child.once('exit', () => running.delete(child))
  await new Promise<void>((resolve, reject) => {
    const look = (said: unknown) => sign.test(String(said)) && resolve()
    child.stdout?.on('data', look)
    child.on('message', look)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${program} ended with ${code}`)))
  })
  return child
}

interface StartOptions {
  /** The core that it is pinned to (Linux). */
  core?: number
  /** Additional Node flags. */
  flags?: readonly string[]
}

/** Starts a script of the project. */
export const startScript = (
  script: string,
  args: readonly string[],
  env: Record<string, string>,
  { core, flags: more = [] }: StartOptions = {},
): Promise<ChildProcess> => {
  const pinned = core === undefined ? [] : ['taskset', '-c', String(core)]
  const path = { PATH: process.env.PATH ?? '' }
  return launch(
    [...pinned, process.execPath, ...startFlags, ...more, `${root}/${script}`, ...args],
    { ...startEnvironment, ...path, ...env },
    /./,
  )
}

export const stop = async (child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill(signal)
  await ended
}
