import { keepDecoded } from '#src/mapping/decode-memo.ts'
import { Problem } from '#src/problems.ts'
import { bodyCut } from '../transport/errors.ts'
import { createSameBytes, type SameBytes } from '../transport/response-memo.ts'
import { createSlices, type Slices, type Steps } from '../transport/slices.ts'
import { isCut } from '../transport/truncation.ts'
import type { Priority, Send, UpstreamReply, UpstreamRequest } from '../transport/types.ts'
import { type Records, recordsIn } from './envelope.ts'
import { detectFault, problemOf, type SpacioFault } from './errors.ts'
import { readList } from './list-reader.ts'
import { type Operation, type OperationName, operations, type Shape } from './operations.ts'
import { type Body, readBodyInSteps } from './parse-body.ts'

export interface Answer extends Records {
  operation: string
  /** RFC 3339, UTC. */
  fetchedAt: string
}

/** How a call is made: until when, and what it gives way to when the calls of an hour run short. */
export interface AskContext {
  readonly signal: AbortSignal
  readonly priority?: Priority | undefined
  /** Told of each call before it is made. */
  readonly asked?: () => void
  readonly readRows?: ReadRows | undefined
}

/** Reads a sound list as elements that are written already; null: it is to be read in another way. */
export type ReadRows = (body: Buffer, shape: Shape) => Steps<Records | null>

/** Asks one Spacio method and answers the records of its reply. Every fault is a `Problem`. */
export type Ask = (name: OperationName, form: Record<string, string>, context: AskContext) => Promise<Answer>

export interface SpacioAccount {
  readonly tenant: string
  readonly baseUrl: string
  readonly apiKey: string
  /** Calls an hour that Spacio grants the key. */
  readonly hourlyBudget: number
}

/** The call that asks a method, and how its reply is read. */
export type RequestFor = (
  name: OperationName,
  form: Record<string, string>,
  context: AskContext,
) => UpstreamRequest<Answer>

export const createRequests =
  (
    account: SpacioAccount,
    now: () => Date,
    sameBytes = createSameBytes(),
    slices: Slices = createSlices(),
  ): RequestFor =>
  (name, form, { priority, readRows }) => {
    const { tenant, baseUrl, apiKey, hourlyBudget } = account
    const operation: Operation = operations[name]
    // Whose token it is asked with does not change what the bytes mean.
    const { atoken, ...what } = form
    const readAs = readRows ? 'rows' : 'records'
    const key = [tenant, 'spacio', readAs, operation.version, operation.method, ...Object.values(what)]
    function* answerOf(reply: UpstreamReply): Steps<Answer> {
      const present = now()
      const records = isList(operation)
        ? yield* listOf(key, sameBytes, reply, () => recordsOf(operation, reply, present, readRows))
        : yield* recordsOf(operation, reply, present)
      return { ...records, operation: operation.method, fetchedAt: present.toISOString() }
    }
    return {
      tenant,
      system: 'spacio',
      operation: operation.method,
      limits: operation.limits,
      priority,
      quota: { apiKey, cap: hourlyBudget },
      method: 'POST',
      baseUrl,
      path: `/api/${operation.version}/${operation.method}`,
      headers: { apikey: apiKey },
      form,
      tooLong: operation.hasWindow ? (cause) => windowTooLarge(operation, cause) : undefined,
      read: (reply) => slices.run(answerOf({ ...reply, body: withoutMark(reply.body) })),
    }
  }

export const createAsk = (
  account: SpacioAccount,
  send: Send,
  now: () => Date,
  sameBytes?: SameBytes,
  slices?: Slices,
): Ask => {
  const requestFor = createRequests(account, now, sameBytes, slices)
  return (name, form, context) => {
    context.asked?.()
    return send(requestFor(name, form, context), context.signal)
  }
}

/** A byte order mark says nothing of a body that is UTF-8 anyway. */
const withoutMark = (body: Buffer): Buffer =>
  body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? body.subarray(3) : body

/** One record is read sooner than it is compared. */
const isList = ({ shape }: Operation): boolean => shape === 'keyed' || shape === 'paged'

function* listOf(
  key: readonly string[],
  sameBytes: SameBytes,
  { status, body }: UpstreamReply,
  read: () => Steps<Records>,
): Steps<Records> {
  if (status !== 200) return yield* read()
  const known = sameBytes.recall(key, body)
  const records = (known.value as Records | null) ?? (yield* read())
  if (!known.isKnown) return records
  known.value = records
  keepDecoded(records.records)
  return records
}

/** A body that is no longer than this is parsed faster as a whole. */
const longBytes = 256 * 1024

function* recordsOf(operation: Operation, reply: UpstreamReply, now: Date, readRows?: ReadRows): Steps<Records> {
  if (reply.status === 200) {
    const rows = readRows ? yield* readRows(reply.body, operation.shape) : null
    if (rows) return rows
    yield
    const list = reply.body.length > longBytes ? yield* readList(reply.body, operation.shape) : null
    if (list) return list
    yield
  }
  const body = yield* readBodyInSteps(reply.body)
  yield
  const fault = detectFault(reply, body, now)
  if (fault?.code === 'no-results') return noResults(operation, reply, fault)
  if (fault) throw problemOf(fault, operation.method, reply)
  const records = reply.status < 300 && body.kind === 'json' ? recordsIn(body.value, operation.shape) : null
  if (records) return records
  yield
  throw unusable(operation.method, reply, reasonOf(reply, body))
}

const noResults = (operation: Operation, reply: UpstreamReply, fault: SpacioFault): Records => {
  if (operation.shape !== 'record') return { records: [], info: null }
  throw new Problem(operation.unknown ?? 'not-found', problemOf(fault, operation.method, reply).fields)
}

const reasonOf = (reply: UpstreamReply, body: Body): string =>
  reply.status >= 300 ? `status ${reply.status}` : body.kind === 'json' ? 'another shape' : 'not readable'

const MiB = 1024 * 1024

const windowTooLarge = ({ limits }: Operation, cause: unknown): Problem =>
  new Problem('window-too-large', {
    detail: `The upstream's report of this window is larger than ${limits.maxBytes / MiB} MiB. Request fewer days, or use GET /leads/export, which has no limit.`,
    cause,
  })

/** A reply that is there but cannot be used. The reason goes to the log, not to the caller. */
export const unusable = (operation: string, { status, body }: UnusableReply, reason: string): Problem =>
  new Problem('upstream-invalid-response', {
    upstream: { system: 'spacio', operation, code: null, status, retryable: false },
    cause: status === 200 && body && isCut(body) ? bodyCut(reason) : new Error(reason),
  })

type UnusableReply = Pick<UpstreamReply, 'status'> & Partial<Pick<UpstreamReply, 'body'>>
