import { isTruncated } from '#src/json/truncation.ts'
import { MiB, toTimestamp } from '#src/lib/units.ts'
import { enableDecodeMemo } from '#src/mapping/decode-memo.ts'
import type { ListTranscoding } from '#src/mapping/transcode/list.ts'
import { Problem } from '#src/problems.ts'
import { createTruncationError } from '../transport/errors.ts'
import { createResponseMemo, type ResponseMemo } from '../transport/response-memo.ts'
import { createSlices, type Slices, type Steps } from '../transport/slices.ts'
import type { Priority, Send, UpstreamReply, UpstreamRequest } from '../transport/types.ts'
import { parseRecords, type RecordList } from './envelope.ts'
import { detectError, type SpacioError, toSpacioProblem } from './errors.ts'
import { type OperationName, operations, type SpacioOperation } from './operations.ts'
import { parseBodySteps, type ReplyBody } from './parse-body.ts'
import { readList } from './read-list.ts'

export interface SpacioResult extends RecordList {
  operation: string
  /** RFC 3339 in UTC. */
  fetchedAt: string
}

/** The abort signal, and the priority when the hourly budget runs short. */
export interface SpacioRequestContext {
  readonly signal: AbortSignal
  readonly priority?: Priority | undefined
  /** Called before each upstream call. */
  readonly onRequest?: () => void
  /** Leads come as JSON text where they can be transcoded. */
  readonly transcoding?: ListTranscoding | undefined
}

/** Calls a Spacio method and returns the records of its reply. Every failure is a `Problem`. */
export type SpacioRequester = (
  name: OperationName,
  form: Record<string, string>,
  context: SpacioRequestContext,
) => Promise<SpacioResult>

export interface SpacioAccount {
  readonly tenant: string
  readonly baseUrl: string
  readonly apiKey: string
  /** The calls per hour that Spacio allows for the key. */
  readonly hourlyBudget: number
}

/** Creates the call of a method, including how its reply is read. */
type RequestFactory = (
  name: OperationName,
  form: Record<string, string>,
  context: SpacioRequestContext,
) => UpstreamRequest<SpacioResult>

export const createRequestFactory =
  (
    account: SpacioAccount,
    now: () => Date,
    responseMemo = createResponseMemo(),
    slices: Slices = createSlices(),
  ): RequestFactory =>
  (name, form, { priority, transcoding }) => {
    const { tenant, baseUrl, apiKey, hourlyBudget } = account
    const operation: SpacioOperation = operations[name]
    // The token of a call does not affect the meaning of its reply.
    const { atoken, ...keyFields } = form
    const recordFormat = transcoding ? 'text' : 'records'
    const key = [tenant, 'spacio', recordFormat, operation.version, operation.method, ...Object.values(keyFields)]
    function* readResult(reply: UpstreamReply): Steps<SpacioResult> {
      const readAt = now()
      const records = isList(operation)
        ? yield* readMemoizedList(key, responseMemo, reply, () =>
            readReplyRecords(operation, reply, readAt, transcoding),
          )
        : yield* readReplyRecords(operation, reply, readAt)
      return { ...records, operation: operation.method, fetchedAt: toTimestamp(readAt.getTime()) }
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
      createTooLongProblem: operation.hasWindow ? (cause) => createWindowTooLarge(operation, cause) : undefined,
      read: (reply) => slices.run(readResult({ ...reply, body: stripByteOrderMark(reply.body) })),
    }
  }

export const createSpacioRequester = (
  account: SpacioAccount,
  send: Send,
  now: () => Date,
  responseMemo?: ResponseMemo,
  slices?: Slices,
): SpacioRequester => {
  const createRequest = createRequestFactory(account, now, responseMemo, slices)
  return (name, form, context) => {
    context.onRequest?.()
    return send(createRequest(name, form, context), context.signal)
  }
}

/** A byte order mark is redundant in UTF-8. */
export const stripByteOrderMark = (body: Buffer): Buffer =>
  body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? body.subarray(3) : body

/** Parsing a single record is faster than comparing it with the memo. */
const isList = ({ shape }: SpacioOperation): boolean => shape === 'keyed' || shape === 'paged'

function* readMemoizedList(
  key: readonly string[],
  responseMemo: ResponseMemo,
  { status, body }: UpstreamReply,
  read: () => Steps<RecordList>,
): Steps<RecordList> {
  if (status !== 200) return yield* read()
  const entry = responseMemo.getEntry(key, body)
  const records = (entry.value as RecordList | null) ?? (yield* read())
  if (!entry.isRepeat) return records
  entry.value = records
  enableDecodeMemo(records.records)
  return records
}

/** Parsing a longer body as a whole would block the event loop. */
const maxWholeBytes = 256 * 1024

function* readReplyRecords(
  operation: SpacioOperation,
  reply: UpstreamReply,
  now: Date,
  transcoding?: ListTranscoding,
): Steps<RecordList> {
  if (reply.status === 200) {
    const rows = transcoding ? yield* readList(reply.body, operation.shape, transcoding) : null
    if (rows) return rows
    yield
    const list = reply.body.length > maxWholeBytes ? yield* readList(reply.body, operation.shape) : null
    if (list) return list
    yield
  }
  const body = yield* parseBodySteps(reply.body)
  yield
  const fault = detectError(reply, body, now)
  if (fault?.code === 'no-results') return toEmptyResult(operation, reply, fault)
  if (fault) throw toSpacioProblem(fault, operation.method, reply)
  const records = reply.status < 300 && body.kind === 'json' ? parseRecords(body.value, operation.shape) : null
  if (records) return records
  yield
  throw createInvalidResponse(operation.method, reply, getInvalidReason(reply, body))
}

const toEmptyResult = (operation: SpacioOperation, reply: UpstreamReply, fault: SpacioError): RecordList => {
  if (operation.shape !== 'record') return { records: [], info: null }
  throw new Problem(operation.notFoundCode ?? 'not-found', toSpacioProblem(fault, operation.method, reply).fields)
}

const getInvalidReason = (reply: UpstreamReply, body: ReplyBody): string =>
  reply.status >= 300 ? `status ${reply.status}` : body.kind === 'json' ? 'another shape' : 'not readable'

const createWindowTooLarge = ({ limits }: SpacioOperation, cause: unknown): Problem =>
  new Problem('window-too-large', {
    detail: `The upstream's report of this window is larger than ${limits.maxBytes / MiB} MiB. Request fewer days, or use GET /leads/export, which has no limit.`,
    cause,
  })

/** A reply that cannot be used. The reason is logged but not sent to the client. */
export const createInvalidResponse = (operation: string, { status, body }: InvalidReply, reason: string): Problem =>
  new Problem('upstream-invalid-response', {
    upstream: { system: 'spacio', operation, code: null, status, retryable: false },
    cause: status === 200 && body && isTruncated(body) ? createTruncationError(reason) : new Error(reason),
  })

type InvalidReply = Pick<UpstreamReply, 'status'> & Partial<Pick<UpstreamReply, 'body'>>
