import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Environment } from '#src/config.ts'
import { compileCacheEnvironment } from './compile-cache.ts'

export interface GatewayProcess {
  url: string
  /** Waits for this output and returns the match. */
  waitForOutput(pattern: RegExp): Promise<string>
  /** The output so far. */
  output(): string
  kill(signal: NodeJS.Signals): void
  /** The exit code, or the signal that ended the process. */
  exit: Promise<number | NodeJS.Signals | null>
}

const root = `${import.meta.dirname}/../..`

const collect = (child: ChildProcess) => {
  let output = ''
  const waiting = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk
      for (const look of waiting) look()
    })
  }
  const waitForOutput = (pattern: RegExp): Promise<string> =>
    new Promise((resolve) => {
      const checkOutput = () => {
        const found = pattern.exec(output)
        if (!found) return
        waiting.delete(checkOutput)
        resolve(found[0])
      }
      waiting.add(checkOutput)
      checkOutput()
    })
  return { printed: waitForOutput, output: () => output }
}

/** Starts the gateway in a process, as `npm start` does, or another script that starts one. */
export const startGateway = async (
  env: Environment,
  script = 'src/server.ts',
  /** A command that runs the gateway with its own limits. */
  runner: readonly string[] = [],
): Promise<GatewayProcess> => {
  const [program = '', ...args] = [...runner, process.execPath, '--disable-warning=ExperimentalWarning']
  const child = spawn(program, [...args, `${root}/${script}`], {
    env: { PORT: '0', FOYER_STORE_URL: 'memory:', ...compileCacheEnvironment, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const { printed: waitForOutput, output } = collect(child)
  const exit = once(child, 'exit').then(([code, signal]) => code ?? signal)
  const url = await Promise.race([
    waitForOutput(/http:\/\/127\.0\.0\.1:\d+/),
    exit.then(() => Promise.reject(new Error(`it did not start: ${output()}`))),
  ])
  return { url, waitForOutput, output, kill: (signal) => child.kill(signal), exit }
}
