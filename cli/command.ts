/** What every command is, and the words that all share. */
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import type { Environment } from '#src/config/environment.ts'

export interface Context {
  /** What follows the command's name. */
  readonly args: readonly string[]
  readonly env: Environment
  /** Results, on standard output. */
  out(text: string): void
  /** All else, on standard error. */
  err(text: string): void
}

/** Results are data on standard output; a code other than 0 says what kind of no it is. */
export const exitCodes = { done: 0, no: 1, failed: 2 } as const

export interface Command {
  readonly help: string
  /** Gives its exit code. */
  run(context: Context): number | Promise<number>
}

/** What was typed cannot be meant. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** As `parseArgs` of Node does, in the words of a user. */
export const readArguments = <const Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: Options,
  allowPositionals = false,
) => {
  try {
    return parseArgs({ args: [...args], options, allowPositionals })
  } catch (error) {
    throw new UsageError((error as Error).message.replace(/\. To specify .*$/s, ''))
  }
}

export const toJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`
