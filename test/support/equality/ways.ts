/** All ways from an upstream's bytes to the bytes of a response, each with its drift counts. */
import Fastify from 'fastify'
import { expect } from 'vitest'
import type { DriftSink } from '#src/mapping/codec.ts'
import { createDriftLog, type DriftCount } from '#src/mapping/drift.ts'
import type { Mapping } from '#src/mapping/mapping.ts'
import type { ListTranscoding } from '#src/mapping/transcode/list.ts'
import serialization from '#src/plugins/response/serialization/index.ts'
import { isProblem } from '#src/problems.ts'
import { createLionDesk } from '#src/upstreams/liondesk/index.ts'
import { createDecoder, type LeadMapping } from '#src/upstreams/spacio/decode.ts'
import { toEmailRecord } from '#src/upstreams/spacio/index.ts'
import { readList } from '#src/upstreams/spacio/read-list.ts'
import { createSpacioRequester, type SpacioResult as Reply } from '#src/upstreams/spacio/request.ts'
import { streamRecords as recordsInParts } from '#src/upstreams/spacio/streamed-request.ts'
import {
  createPropertyTranscoding,
  createReportTranscoding,
  withTranscoding,
} from '#src/upstreams/spacio/transcoded-leads.ts'
import { createResponseMemo, type ResponseMemo } from '#src/upstreams/transport/response-memo.ts'
import { runToEnd } from '#src/upstreams/transport/slices.ts'
import type { Send } from '#src/upstreams/transport/types.ts'
import { createPlainWriter, decodeElements } from './plain.ts'
import {
  type DecodeRequest,
  fetchedAt,
  getMethod,
  getShape,
  getSid,
  isLead,
  isLionDesk,
  mappingByOperation,
} from './questions.ts'

/** Converts a body to the elements of the response. Throws the problem. */
type DecodePath = (question: DecodeRequest, body: Buffer, drift: DriftSink) => Promise<readonly unknown[]>

interface DecodeResult {
  /** The code of the problem instead. */
  readonly bytes: Buffer
  readonly drift: readonly DriftCount[]
}

const now = () => new Date(fetchedAt)

const createSend =
  (body: Buffer): Send =>
  async (request) =>
    request.read({ status: 200, retryAfter: null, body }, false)

const { signal } = new AbortController()

const tokens = { getCurrent: async () => 'x', renew: async () => null }

const decodePlain: DecodePath = async (question, body, drift) => decodeElements(question, body, drift)

const createDecodePath =
  (memo: ResponseMemo, wantsRows = true): DecodePath =>
  (question, body, drift) =>
    isLionDesk(question.operation)
      ? decodeLionDesk(memo, question, body, drift)
      : decodeSpacio(memo, question, body, drift, wantsRows)

const decodeLionDesk = async (
  memo: ResponseMemo,
  { operation, form: { eventId = '', id = '' }, tenant = 't', includeSource = false }: DecodeRequest,
  body: Buffer,
  drift: DriftSink,
): Promise<readonly unknown[]> => {
  const options = { account: { tenant, baseUrl: 'http://l' }, tokens, send: createSend(body), responseMemo: memo }
  const liondesk = createLionDesk({ ...options, drift, now })
  const context = { signal, includeSource }
  if (operation === 'get') return [await liondesk.get(eventId, id, context)]
  return (await liondesk.find(eventId, { conditions: [], sort: [], limit: 500, skip: 0 }, context)).data
}

const decodeSpacio = async (
  memo: ResponseMemo,
  question: DecodeRequest,
  body: Buffer,
  drift: DriftSink,
  wantsRows: boolean,
): Promise<readonly unknown[]> => {
  const { operation, form, tenant = 't' } = question
  if (isLionDesk(operation)) throw new TypeError('another system')
  const account = { tenant, baseUrl: 'http://s', apiKey: 'k', hourlyBudget: 1 }
  const ask = createSpacioRequester(account, createSend(body), now, memo)
  const read = { signal, includeSource: question.includeSource ?? false, acceptsText: true }
  const transcoding = wantsRows ? createTranscoding(question) : null
  return decodeReply(
    question,
    await ask(operation, form, transcoding ? withTranscoding(read, transcoding) : read),
    drift,
  )
}

/** Only leads are transcoded. */
const createTranscoding = (question: DecodeRequest): ListTranscoding | null => {
  if (!isLead(question)) return null
  const sid = getSid(question)
  return sid === null
    ? createReportTranscoding(mappingByOperation[question.operation] as LeadMapping)
    : createPropertyTranscoding(sid)
}

const decodeReply = async (question: DecodeRequest, reply: Reply, drift: DriftSink): Promise<readonly unknown[]> => {
  const { operation, form, includeSource = false } = question
  const { decodeAll, decodeLeads } = createDecoder(drift)
  const mapping = mappingByOperation[operation]
  if (isLead(question)) return decodeLeads(reply, mapping as LeadMapping, { includeSource }, getSid(question))
  const isBare = getShape(operation) === 'emails'
  const records = isBare ? reply.records.map(toEmailRecord) : reply.records
  return decodeAll({ ...reply, records }, mapping as Mapping<object>, { includeSource }, form)
}

/** Behaves like a new memo for each reply, which would allocate memory for thousands of entries. */
const emptyMemo: ResponseMemo = { getEntry: () => ({ value: null, isRepeat: false }) }

/** A byte order mark changes nothing. */
const decodeRecords: DecodePath = (question, body, drift) =>
  createDecodePath(emptyMemo, false)(question, Buffer.concat([Buffer.from('\ufeff'), body]), drift)

/** Reads the body as a list that is too long to be parsed at once. If that is impossible, it parses the whole body. */
const decodeByElement: DecodePath = async (question, body, drift) => {
  const list = runToEnd(readList(body, getShape(question.operation)))
  if (!list) return decodeRecords(question, body, drift)
  return decodeReply(question, { ...list, operation: getMethod(question.operation), fetchedAt }, drift)
}

async function* splitBody(body: Buffer, length = 997): AsyncGenerator<Buffer, void> {
  for (let at = 0; at < body.length; at += length) yield body.subarray(at, at + length)
}

const decodeInParts: DecodePath = async (question, body, drift) => {
  const records: unknown[] = []
  const operation = getMethod(question.operation)
  for await (const some of recordsInParts(splitBody(body), operation)) records.push(...some)
  return decodeReply(question, { records, info: null, operation, fetchedAt }, drift)
}

/** A page of a list, or one record. */
const createReply = ({ operation }: DecodeRequest, elements: readonly unknown[]): unknown =>
  getShape(operation) === 'record'
    ? elements[0]
    : { data: elements, pagination: { total: elements.length, limit: 200, offset: 0 } }

/** The position at which two texts differ. */
const describeDifference = (one: Buffer, other: Buffer): string[] => {
  const at = one.findIndex((byte, index) => byte !== other[index])
  const from = Math.max(0, (at < 0 ? one.length : at) - 60)
  return [one, other].map((text) => text.toString('utf8', from, from + 120))
}

type Writer = (value: unknown) => Buffer | string

export const openDecodePaths = async () => {
  const app = Fastify()
  await app.register(serialization)
  const known = createDecodePath(createResponseMemo())
  const writers = new Map<string, { plain: Writer; own: Writer }>()

  const getWriters = ({ operation }: DecodeRequest) => {
    const name = mappingByOperation[operation].schema + (getShape(operation) === 'record' ? '' : 'List')
    const own = app.serializerCompiler?.({ schema: { $ref: `${name}#` }, method: 'GET', url: '/' }) as Writer
    const pair = writers.get(name) ?? { plain: createPlainWriter(name), own }
    writers.set(name, pair)
    return pair
  }

  const getOutcome = async (way: DecodePath, question: DecodeRequest, body: Buffer): Promise<DecodeResult> => {
    const drift = createDriftLog()
    const write = getWriters(question)[way === decodePlain ? 'plain' : 'own']
    const answer = await way(question, body, drift.note)
      .then((elements) => write(createReply(question, elements)))
      .catch((error: unknown) => {
        if (isProblem(error)) return error.code
        throw error
      })
    return { bytes: Buffer.isBuffer(answer) ? answer : Buffer.from(answer), drift: drift.counts() }
  }

  /**
   * Compares every way with the simplest one for all requests with the same bytes. Returns the number of replies that
   * came from the memo.
   */
  const assertAgreement = async (body: Buffer, ...questions: readonly DecodeRequest[]): Promise<number> => {
    let remembered = 0
    const plain = await Promise.all(questions.map((question) => getOutcome(decodePlain, question, body)))
    const holds = async (name: string, way: DecodePath, seen?: Buffer[]): Promise<Buffer[]> =>
      Promise.all(
        questions.map(async (question, index) => {
          const expected = plain[index] as DecodeResult
          const { bytes, drift } = await getOutcome(way, question, body)
          const at = `${question.operation}, ${name}`
          const differs = bytes.equals(expected.bytes) ? null : describeDifference(bytes, expected.bytes)
          expect(differs, at).toBeNull()
          expect(drift, at).toEqual(expected.drift)
          if (seen?.[index] === bytes) remembered += 1
          return bytes
        }),
      )
    if (!questions.every(({ operation }) => isLionDesk(operation))) {
      await holds('as records', decodeRecords)
      await holds('by elements', decodeByElement)
    }
    if (questions.every(({ operation }) => getShape(operation) === 'keyed')) await holds('in parts', decodeInParts)
    await holds('at first sight', known)
    await holds('at third sight', known, await holds('at second sight', known))
    return remembered
  }

  return { agree: assertAgreement, close: () => app.close() }
}
