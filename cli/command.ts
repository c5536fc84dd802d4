/** The interface of all commands. */
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import type { Environment } from '#src/config/environment.ts'

export interface Context {
  /** The arguments after the command's name. */
  readonly args: readonly string[]
  readonly env: Environment
  /** Writes results to standard output. */
  out(text: string): void
  /** Writes messages to standard error. */
  err(text: string): void
}

/** Exit codes: success, a negative result, and a failure. */
export const exitCodes = { done: 0, no: 1, failed: 2 } as const

export interface Command {
  readonly help: string
  /** Returns the exit code. */
  run(context: Context): number | Promise<number>
}

/** The arguments are invalid. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Parses arguments like `parseArgs` of Node, but throws a `UsageError` with a short message. */
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
