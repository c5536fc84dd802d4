import { type ChildProcess, spawn } from 'node:child_process'
import type { Environment } from '#src/config/environment.ts'
import { watchParent } from '#src/lib/parent.ts'
import { resolveModule } from '../files.ts'

/** Waits until a process has something to say: words, or over IPC that it is ready. False: it ended without. */
const isUp = (child: ChildProcess): Promise<boolean> =>
  new Promise((resolve) => {
    child.stdout?.once('data', () => resolve(true))
    child.once('message', () => resolve(true))
    child.once('exit', () => resolve(false))
  })

/** Processes of the project that end together: when one does, or when a signal says so. */
export const createProcesses = ({ npm_lifecycle_event }: Environment) => {
  const running = new Set<ChildProcess>()
  const { promise: end, resolve } = Promise.withResolvers<number>()
  let isStopping = false
  let exitCode = 0

  /** Tells each once: at a second signal the gateway ends in the middle of what it does. */
  const stop = (): void => {
    if (isStopping) return
    isStopping = true
    for (const child of running) child.kill('SIGTERM')
    if (running.size === 0) resolve(exitCode)
  }

  // A terminal that is closed says SIGHUP, by which the gateway only reads its clients anew.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop)
  // npm and npx signal a shell between, which dies of it without passing it on.
  if (npm_lifecycle_event !== undefined) watchParent(stop)

  const start = (module: string, args: string[], env: Record<string, string> = {}): ChildProcess => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', resolveModule(module), ...args], {
      env,
      // A group of its own: else the Ctrl-C of a terminal would reach it beside the signal of `stop`.
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    })
    running.add(child)
    if (isStopping) child.kill('SIGTERM')
    child.once('exit', (code) => {
      running.delete(child)
      exitCode ||= code ?? 0
      stop()
      if (running.size === 0) resolve(exitCode)
    })
    return child
  }

  /** `end` gives the exit code of the first that did not end well. */
  return { start, isUp, end }
}
