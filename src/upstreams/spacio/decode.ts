import type { Static } from 'typebox'
import type { Lead } from '#schemas/lead.ts'
import { isWritten, type Written } from '#src/json/fragment.ts'
import { wireRecordOf } from '#src/json/parse-wire-json.ts'
import type { DriftSink } from '#src/mapping/codec.ts'
import { decodeKept, isDecoded } from '#src/mapping/decode-memo.ts'
import { isRecord, type Mapping } from '#src/mapping/mapping.ts'
import { isAbsent } from '#src/mapping/rule.ts'
import { createSlices, type Slices, type Steps } from '../transport/slices.ts'
import { leadIdSteps, leadIdsOf } from './lead-ids.ts'
import { type Answer, type AskContext, unusable } from './request.ts'

/** How a read is made, and whether the wire records are wanted with what they became. */
export interface ReadContext extends AskContext {
  readonly includeSource: boolean
}

type Wants = Pick<ReadContext, 'includeSource'>

export type LeadMapping = Mapping<Omit<Static<typeof Lead>, 'source'>>

/** A lead, or one that is written already. */
export type LeadRow = Static<typeof Lead> | (Written & { readonly id: string })

export type DecodeLeads = (
  answer: Answer,
  mapping: LeadMapping,
  wants: Wants,
  sid: number | null,
) => LeadRow[] | Promise<LeadRow[]>

const nothing = Object.freeze({})

export const createDecoder = (drift: DriftSink, slices: Slices = createSlices()) => {
  /** A record that cannot become an element makes the whole reply unusable: none is dropped. */
  const decode = <Fields>(
    { operation, fetchedAt }: Answer,
    mapping: Mapping<Fields>,
    record: unknown,
    { includeSource }: Wants,
    given: Partial<Fields>,
    isItsOwn?: () => boolean,
  ): Fields => {
    const value = decodeKept(mapping, record, drift, given, isItsOwn)
    if (value === null) throw unusable(operation, { status: 200 }, `${mapping.name} lacks a required field`)
    return includeSource ? { ...value, source: { system: 'spacio', operation, fetchedAt, record } } : value
  }

  function* allSteps<Fields>(
    answer: Answer,
    mapping: Mapping<Fields>,
    wants: Wants,
    given: Partial<Fields>,
  ): Steps<Fields[]> {
    const values: Fields[] = []
    for (const record of answer.records) {
      values.push(decode(answer, mapping, record, wants, given))
      yield
    }
    return values
  }

  function* leadSteps(answer: Answer, mapping: LeadMapping, wants: Wants, sid: number | null): Steps<LeadRow[]> {
    const { records } = answer
    const given = new GivenToLeads(records, sid)
    // A property's leads come in one reply. Those of a report may be of several, and an id is made of them all.
    const isItsOwn = () => sid !== null || !given.isMade
    const leads: LeadRow[] = []
    for (const [index, record] of records.entries()) {
      if (isWritten(record)) leads.push(record as LeadRow)
      else {
        if (!given.ids && (sid !== null || lacksId(record)) && !isDecoded(mapping, record)) {
          given.ids = yield* leadIdSteps(records.map(wireRecordOf), sid)
        }
        leads.push(decode(answer, mapping, record, wants, given.at(index), isItsOwn))
        yield
      }
    }
    return leads
  }

  const decodeAll = <Fields>(
    answer: Answer,
    mapping: Mapping<Fields>,
    wants: Wants,
    given: Partial<Fields> = nothing as Partial<Fields>,
  ): Fields[] | Promise<Fields[]> => slices.run(allSteps(answer, mapping, wants, given))

  const decodeLeads: DecodeLeads = (answer, mapping, wants, sid) => slices.run(leadSteps(answer, mapping, wants, sid))

  return { decodeAll, decodeLeads }
}

/** Or has one that is no text. */
const lacksId = (record: unknown): boolean => isRecord(record) && (isAbsent(record.id) || typeof record.id === 'object')

/**
 * Most leads have ids, or were read before: those of the others are made when the first one is asked for. A class for
 * its getter: a literal with one has a shape of its own each time, which would keep the records alive for long.
 */
class GivenToLeads {
  readonly sid: number | null
  readonly #records: readonly unknown[]
  ids: string[] | undefined
  #place = 0
  /** Whether the id of this lead was asked for. */
  isMade = false

  constructor(records: readonly unknown[], sid: number | null) {
    this.#records = records
    this.sid = sid
  }

  at(place: number): this {
    this.#place = place
    this.isMade = false
    return this
  }

  get id(): string {
    this.isMade = true
    this.ids ??= leadIdsOf(this.#records.map(wireRecordOf), this.sid)
    return this.ids[this.#place] as string
  }
}
