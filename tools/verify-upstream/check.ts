/** A check of one upstream operation. */
import type { Clients } from './clients.ts'
import type { IdName, Options } from './options.ts'

/** The check lacks an input. */
export class SkippedCheck extends Error {
  override readonly name = 'SkippedCheck'
}

/** The inputs of a check, and the findings of earlier checks. */
export interface CheckContext {
  readonly clients: Clients
  readonly days: Options['days']
  readonly requireId: (name: IdName) => string
  readonly findId: (name: IdName) => string | undefined
  readonly findings: {
    ukey?: string | null
    token?: string
    listAgentEmail?: string | null
    recordId?: string | null
    contactId?: string | null
    email?: string | null
  }
}

export interface Check {
  readonly system: 'spacio' | 'liondesk'
  readonly operation: string
  readonly needs: readonly IdName[]
  /** The mapping table whose fields the records should have. Without it, no fields are compared. */
  readonly mapping?: string
  /** Wire fields that the vendor's samples lack. */
  readonly mayLack?: readonly string[]
  run(context: CheckContext): Promise<readonly unknown[]>
}

export const orSkip = <T>(value: T | null | undefined, reason: string): T => {
  if (value === null || value === undefined) throw new SkippedCheck(reason)
  return value
}

const signal = new AbortController().signal

export const readOptions = { signal, includeSource: true }
