/** All ways from an upstream's bytes to the bytes of an answer, each with the drift that it counts. */
import Fastify from 'fastify'
import { expect } from 'vitest'
import type { DriftSink } from '#src/mapping/codec.ts'
import { createDriftLog, type DriftCount } from '#src/mapping/drift.ts'
import type { Mapping } from '#src/mapping/mapping.ts'
import serialization from '#src/plugins/response/serialization/index.ts'
import { isProblem } from '#src/problems.ts'
import { createLionDesk } from '#src/upstreams/liondesk/index.ts'
import { createDecoder, type LeadMapping } from '#src/upstreams/spacio/decode.ts'
import { toEmailRecord } from '#src/upstreams/spacio/index.ts'
import { readList } from '#src/upstreams/spacio/list-reader.ts'
import { createAsk, type ReadRows, type Answer as Reply } from '#src/upstreams/spacio/request.ts'
import { recordsIn as recordsInParts } from '#src/upstreams/spacio/streamed-request.ts'
import { readPropertyRows, readReportRows, withRows } from '#src/upstreams/spacio/transcoded-leads.ts'
import { createSameBytes, type SameBytes } from '#src/upstreams/transport/response-memo.ts'
import { runToEnd } from '#src/upstreams/transport/slices.ts'
import type { Send } from '#src/upstreams/transport/types.ts'
import { elementsPlainly, plainWriter } from './plain.ts'
import { fetchedAt, isLead, isOfLionDesk, mappingOf, methodOf, type Question, shapeOf, sidOf } from './questions.ts'

/** Body → the elements of the answer; throws the problem that it is. */
type Way = (question: Question, body: Buffer, drift: DriftSink) => Promise<readonly unknown[]>

interface Outcome {
  /** Or the code of the problem. */
  readonly answer: Buffer
  readonly drift: readonly DriftCount[]
}

const now = () => new Date(fetchedAt)

const sendOf =
  (body: Buffer): Send =>
  async (request) =>
    request.read({ status: 200, retryAfter: null, body }, false)

const { signal } = new AbortController()

const tokens = { current: async () => 'x', renewed: async () => null }

const plainly: Way = async (question, body, drift) => elementsPlainly(question, body, drift)

const asked =
  (sameBytes: SameBytes, wantsRows = true): Way =>
  (question, body, drift) =>
    isOfLionDesk(question.operation)
      ? askedLionDesk(sameBytes, question, body, drift)
      : askedSpacio(sameBytes, question, body, drift, wantsRows)

const askedLionDesk = async (
  sameBytes: SameBytes,
  { operation, form: { eventId = '', id = '' }, tenant = 't', includeSource = false }: Question,
  body: Buffer,
  drift: DriftSink,
): Promise<readonly unknown[]> => {
  const options = { account: { tenant, baseUrl: 'http://l' }, tokens, send: sendOf(body), sameBytes }
  const liondesk = createLionDesk({ ...options, drift, now })
  const context = { signal, includeSource }
  if (operation === 'get') return [await liondesk.get(eventId, id, context)]
  return (await liondesk.find(eventId, { conditions: [], sort: [], limit: 500, skip: 0 }, context)).data
}

const askedSpacio = async (
  sameBytes: SameBytes,
  question: Question,
  body: Buffer,
  drift: DriftSink,
  wantsRows: boolean,
): Promise<readonly unknown[]> => {
  const { operation, form, tenant = 't' } = question
  if (isOfLionDesk(operation)) throw new TypeError('another system')
  const account = { tenant, baseUrl: 'http://s', apiKey: 'k', hourlyBudget: 1 }
  const ask = createAsk(account, sendOf(body), now, sameBytes)
  const read = { signal, includeSource: question.includeSource ?? false }
  const rows = wantsRows ? rowReaderOf(question) : null
  return decoded(question, await ask(operation, form, rows ? withRows(read, rows) : read), drift)
}

/** What reads the leads of a question as elements that are written already; the other resources have none. */
const rowReaderOf = (question: Question): ReadRows | null => {
  if (!isLead(question)) return null
  const sid = sidOf(question)
  return sid === null ? readReportRows(mappingOf[question.operation] as LeadMapping) : readPropertyRows(sid)
}

const decoded = async (question: Question, reply: Reply, drift: DriftSink): Promise<readonly unknown[]> => {
  const { operation, form, includeSource = false } = question
  const { decodeAll, decodeLeads } = createDecoder(drift)
  const mapping = mappingOf[operation]
  if (isLead(question)) return decodeLeads(reply, mapping as LeadMapping, { includeSource }, sidOf(question))
  const isBare = shapeOf(operation) === 'emails'
  const records = isBare ? reply.records.map(toEmailRecord) : reply.records
  return decodeAll({ ...reply, records }, mapping as Mapping<object>, { includeSource }, form)
}

/** A byte order mark changes nothing. */
const asRecords: Way = (question, body, drift) =>
  asked(createSameBytes(), false)(question, Buffer.concat([Buffer.from('\ufeff'), body]), drift)

/** As a list that is too long to be parsed as a whole; one that cannot be read so is parsed as a whole. */
const byElements: Way = async (question, body, drift) => {
  const list = runToEnd(readList(body, shapeOf(question.operation)))
  if (!list) return asRecords(question, body, drift)
  return decoded(question, { ...list, operation: methodOf(question.operation), fetchedAt }, drift)
}

async function* piecesOf(body: Buffer, length = 997): AsyncGenerator<Buffer, void> {
  for (let at = 0; at < body.length; at += length) yield body.subarray(at, at + length)
}

const inParts: Way = async (question, body, drift) => {
  const records: unknown[] = []
  const operation = methodOf(question.operation)
  for await (const some of recordsInParts(piecesOf(body), operation)) records.push(...some)
  return decoded(question, { records, info: null, operation, fetchedAt }, drift)
}

/** A page of a list, or one record. */
const replyOf = ({ operation }: Question, elements: readonly unknown[]): unknown =>
  shapeOf(operation) === 'record'
    ? elements[0]
    : { data: elements, pagination: { total: elements.length, limit: 200, offset: 0 } }

/** Where two texts part. */
const differenceOf = (one: Buffer, other: Buffer): string[] => {
  const at = one.findIndex((byte, index) => byte !== other[index])
  const from = Math.max(0, (at < 0 ? one.length : at) - 60)
  return [one, other].map((text) => text.toString('utf8', from, from + 120))
}

type Writer = (value: unknown) => Buffer | string

export const openWays = async () => {
  const app = Fastify()
  await app.register(serialization)
  const known = asked(createSameBytes())
  const writers = new Map<string, { plain: Writer; own: Writer }>()

  const writersOf = ({ operation }: Question) => {
    const name = mappingOf[operation].schema + (shapeOf(operation) === 'record' ? '' : 'List')
    const own = app.serializerCompiler?.({ schema: { $ref: `${name}#` }, method: 'GET', url: '/' }) as Writer
    const pair = writers.get(name) ?? { plain: plainWriter(name), own }
    writers.set(name, pair)
    return pair
  }

  const outcomeOf = async (way: Way, question: Question, body: Buffer): Promise<Outcome> => {
    const drift = createDriftLog()
    const write = writersOf(question)[way === plainly ? 'plain' : 'own']
    const answer = await way(question, body, drift.note)
      .then((elements) => write(replyOf(question, elements)))
      .catch((error: unknown) => {
        if (isProblem(error)) return error.code
        throw error
      })
    return { answer: Buffer.isBuffer(answer) ? answer : Buffer.from(answer), drift: drift.counts() }
  }

  /**
   * Holds every way of the questions, all of them answered with the same bytes, against the plain one. Answers how many
   * of them were answered with what was remembered.
   */
  const agree = async (body: Buffer, ...questions: readonly Question[]): Promise<number> => {
    let remembered = 0
    const plain = await Promise.all(questions.map((question) => outcomeOf(plainly, question, body)))
    const holds = async (name: string, way: Way, seen?: Buffer[]): Promise<Buffer[]> =>
      Promise.all(
        questions.map(async (question, index) => {
          const expected = plain[index] as Outcome
          const { answer, drift } = await outcomeOf(way, question, body)
          const at = `${question.operation}, ${name}`
          const differs = answer.equals(expected.answer) ? null : differenceOf(answer, expected.answer)
          expect(differs, at).toBeNull()
          expect(drift, at).toEqual(expected.drift)
          if (seen?.[index] === answer) remembered += 1
          return answer
        }),
      )
    if (!questions.every(({ operation }) => isOfLionDesk(operation))) {
      await holds('as records', asRecords)
      await holds('by elements', byElements)
    }
    if (questions.every(({ operation }) => shapeOf(operation) === 'keyed')) await holds('in parts', inParts)
    await holds('at first sight', known)
    await holds('at third sight', known, await holds('at second sight', known))
    return remembered
  }

  return { agree, close: () => app.close() }
}
