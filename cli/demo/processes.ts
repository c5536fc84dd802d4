import { type ChildProcess, spawn } from 'node:child_process'
import type { Environment } from '#src/config/environment.ts'
import { watchParent } from '#src/lib/parent.ts'
import { resolveModule } from '../files.ts'

/** Resolves to true at the first output or IPC message of a process, or to false if the process ends before. */
const isUp = (child: ChildProcess): Promise<boolean> =>
  new Promise((resolve) => {
    child.stdout?.once('data', () => resolve(true))
    child.once('message', () => resolve(true))
    child.once('exit', () => resolve(false))
  })

/** Manages processes that end together, when one of them ends or a signal arrives. */
export const createProcesses = ({ npm_lifecycle_event }: Environment) => {
  const running = new Set<ChildProcess>()
  const { promise: end, resolve } = Promise.withResolvers<number>()
  let isStopping = false
  let exitCode = 0

  /** Signals each process only once, because a second signal makes the gateway exit immediately. */
  const stop = (): void => {
    if (isStopping) return
    isStopping = true
    for (const child of running) child.kill('SIGTERM')
    if (running.size === 0) resolve(exitCode)
  }

  // A closed terminal sends SIGHUP, but the gateway would only reload its clients.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop)
  // npm and npx start a shell in between, which does not forward signals.
  if (npm_lifecycle_event !== undefined) watchParent(stop)

  const start = (module: string, args: string[], env: Record<string, string> = {}): ChildProcess => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', resolveModule(module), ...args], {
      env,
      // In its own process group, because Ctrl-C would otherwise signal the process in addition to `stop`.
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

  /** `end` resolves to the first exit code that is not 0, or to 0. */
  return { start, isUp, end }
}
