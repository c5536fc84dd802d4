import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { compileCacheEnvironment } from '../compile-cache.ts'

interface ScriptProcess {
  child: ChildProcess
  /** The output so far. */
  output(): string
  /** The exit code (null: killed) and the error output. */
  exit: Promise<{ code: number | null; complaints: string }>
}

export interface Appender extends ScriptProcess {
  /** The last position that it received. */
  acknowledged(): number
}

export const startScript = (
  name: string,
  parameters: readonly string[],
  env: NodeJS.ProcessEnv = {},
): ScriptProcess => {
  const script = join(import.meta.dirname, name)
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, ...parameters], {
    env: { ...compileCacheEnvironment, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  let complaints = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    printed += chunk.toString()
  })
  child.stderr?.on('data', (chunk: Buffer) => {
    complaints += chunk.toString()
  })
  return {
    child,
    output: () => printed,
    exit: once(child, 'close').then(([code]) => ({ code, complaints })),
  }
}

export const startAppender = (url: string, count: number, batch: number, env?: NodeJS.ProcessEnv): Appender => {
  const script = startScript('appender.ts', [url, 'log', `${count}`, `${batch}`], env)
  return { ...script, acknowledged: () => Number(script.output().split('\n').at(-2) ?? 0) }
}
