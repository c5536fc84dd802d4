import { type ChildProcess, spawn } from 'node:child_process'

export interface ProcessResult {
  code: number | null
  output: string
  errors: string
}

export interface RunningProcess {
  /** Resolves when this output follows the call. Rejects if the process ends first. */
  waitForOutput(words: RegExp): Promise<void>
  exit: Promise<ProcessResult>
  stop(): Promise<ProcessResult>
}

/** A process group of its own, so that all its child processes end with it. */
export const start = (
  command: string,
  args: string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): RunningProcess => {
  const child: ChildProcess = spawn(command, args, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let errors = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  const exit = new Promise<ProcessResult>((resolve) => {
    child.once('close', (code) => resolve({ code, output, errors }))
  })
  const waitForOutput = (words: RegExp): Promise<void> => {
    const before = output.length
    return new Promise((resolve, reject) => {
      child.stdout?.on('data', () => words.test(output.slice(before)) && resolve())
      void exit.then(() => reject(new Error(`it ended, having said ${output}${errors}`)))
    })
  }
  const stop = (): Promise<ProcessResult> => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM')
    return exit
  }
  return { waitForOutput, exit, stop }
}
