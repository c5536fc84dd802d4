import { Problem } from '#src/problems.ts'
import type { Send, UpstreamReply } from '../transport/types.ts'
import { type Body, readBody } from './body.ts'
import { detectFault, problemOf, type SpacioFault } from './faults.ts'
import { type Operation, type OperationName, operations } from './operations.ts'
import { type Records, recordsIn } from './records.ts'

export interface Answer extends Records {
  operation: string
  /** RFC 3339, UTC. */
  fetchedAt: string
}

/** Asks one Spacio method and answers the records of its reply. Every fault is a `Problem`. */
export type Ask = (name: OperationName, form: Record<string, string>, signal: AbortSignal) => Promise<Answer>

export interface SpacioAccount {
  readonly baseUrl: string
  readonly apiKey: string
}

export const createAsk = (account: SpacioAccount, send: Send, now: () => Date): Ask => {
  return async (name, form, signal) => {
    const operation: Operation = operations[name]
    const reply = await send(
      {
        system: 'spacio',
        operation: operation.method,
        limits: operation.limits,
        method: 'POST',
        baseUrl: account.baseUrl,
        path: `/api/${operation.version}/${operation.method}`,
        headers: { apikey: account.apiKey },
        form,
      },
      signal,
    )
    const fetchedAt = now().toISOString()
    return { ...recordsOf(operation, reply, now()), operation: operation.method, fetchedAt }
  }
}

const recordsOf = (operation: Operation, reply: UpstreamReply, now: Date): Records => {
  const body = readBody(reply.body)
  const fault = detectFault(reply, body, now)
  if (fault?.code === 'no-results') return noResults(operation, reply, fault)
  if (fault) throw problemOf(fault, operation.method, reply)
  const records = reply.status < 300 && body.kind === 'json' ? recordsIn(body.value, operation.shape) : null
  if (!records) throw unusable(operation.method, reply, reasonOf(reply, body))
  return records
}

const noResults = (operation: Operation, reply: UpstreamReply, fault: SpacioFault): Records => {
  if (operation.shape !== 'record') return { records: [], info: null }
  throw new Problem(operation.unknown ?? 'not-found', problemOf(fault, operation.method, reply).fields)
}

const reasonOf = (reply: UpstreamReply, body: Body): string =>
  reply.status >= 300 ? `status ${reply.status}` : body.kind === 'json' ? 'another shape' : 'not readable'

/** A reply that is there but cannot be used. The reason goes to the log, not to the caller. */
export const unusable = (operation: string, reply: Pick<UpstreamReply, 'status'>, reason: string): Problem =>
  new Problem('upstream-invalid-response', {
    upstream: { system: 'spacio', operation, code: null, status: reply.status, retryable: false },
    cause: new Error(reason),
  })
