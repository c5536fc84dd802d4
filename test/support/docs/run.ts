import { type ChildProcess, spawn } from 'node:child_process'

export interface Ending {
  code: number | null
  output: string
  errors: string
}

export interface Running {
  /** Resolves once it says this after the moment of asking; rejects if it ends before. */
  says(words: RegExp): Promise<void>
  ended: Promise<Ending>
  stop(): Promise<Ending>
}

/** A group of its own, so that all that it starts ends with it. */
export const start = (command: string, args: string[], options: { cwd: string; env: NodeJS.ProcessEnv }): Running => {
  const child: ChildProcess = spawn(command, args, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let errors = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  const ended = new Promise<Ending>((resolve) => {
    child.once('close', (code) => resolve({ code, output, errors }))
  })
  const says = (words: RegExp): Promise<void> => {
    const before = output.length
    return new Promise((resolve, reject) => {
      child.stdout?.on('data', () => words.test(output.slice(before)) && resolve())
      void ended.then(() => reject(new Error(`it ended, having said ${output}${errors}`)))
    })
  }
  const stop = (): Promise<Ending> => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM')
    return ended
  }
  return { says, ended, stop }
}
