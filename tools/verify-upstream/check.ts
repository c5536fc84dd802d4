/** One operation that is asked, and what it is asked with. */
import type { Clients } from './clients.ts'
import type { IdName, Options } from './options.ts'

/** Cannot be asked, for want of something. */
export class SkippedCheck extends Error {
  override readonly name = 'SkippedCheck'
}

/** What a check needs, and what earlier ones found out. */
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
  /** The mapping table whose fields the records should carry; without it records cannot be held against one. */
  readonly mapping?: string
  /** Wire fields that the vendor's own samples lack. */
  readonly mayLack?: readonly string[]
  run(visit: CheckContext): Promise<readonly unknown[]>
}

export const orSkip = <T>(value: T | null | undefined, reason: string): T => {
  if (value === null || value === undefined) throw new SkippedCheck(reason)
  return value
}

const signal = new AbortController().signal

export const readOptions = { signal, includeSource: true }
