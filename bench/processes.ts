/** Starts the parts of a measurement as processes of their own, and ends each that is still there. */
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
 * Any program; resolves when it says something on standard output or over IPC that holds `sign`. `output`: an open file
 * that takes its standard output.
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
  /** The one that it may run on (Linux). */
  core?: number
  /** Further ones of Node. */
  flags?: readonly string[]
}

/** A script of the project. */
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
