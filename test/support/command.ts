import type { Environment } from '#src/config.ts'
import { run } from '../../cli/main.ts'

export interface Run {
  code: number
  out: string
  err: string
}

/** Runs a command of `foyer` in this process, without the process's environment variables. */
export const runCommand = async (args: readonly string[], env: Environment = {}): Promise<Run> => {
  const output = { out: '', err: '' }
  const add = (name: keyof typeof output) => (text: string) => {
    output[name] += text
  }
  const code = await run({ args, env, out: add('out'), err: add('err') })
  return { code, ...output }
}
