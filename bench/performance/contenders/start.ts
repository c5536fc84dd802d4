import type { ChildProcess } from 'node:child_process'

export interface StartOptions {
  readonly port: number
  readonly upstream: number
  /** For its files. */
  readonly folder: string
  /** The command prefix that pins it to a core. */
  readonly prefix: readonly string[]
  readonly nodeFlags?: readonly string[]
  /** The gateway's script, relative to the project's root. */
  readonly script?: string
  /** Additional environment variables of the gateway. */
  readonly environment?: Record<string, string>
}

export type Start = (options: StartOptions) => Promise<ChildProcess>
