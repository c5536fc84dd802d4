import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Environment } from '#src/config.ts'

export interface GatewayProcess {
  url: string
  /** Waits until it has printed this, and gives what was found. */
  waitForOutput(pattern: RegExp): Promise<string>
  /** All that it printed so far. */
  output(): string
  kill(signal: NodeJS.Signals): void
  /** Its exit code, or the signal that ended it. */
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

/** A process of its own, as `npm start` runs it; or another script that starts one. */
export const startGateway = async (
  env: Environment,
  script = 'src/server.ts',
  /** A command that runs it, with limits of its own. */
  runner: readonly string[] = [],
): Promise<GatewayProcess> => {
  const [program = '', ...args] = [...runner, process.execPath, '--disable-warning=ExperimentalWarning']
  const child = spawn(program, [...args, `${root}/${script}`], {
    env: { PORT: '0', FOYER_STORE_URL: 'memory:', ...env },
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
