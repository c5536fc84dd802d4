import type { Static } from 'typebox'
import type { Lead } from '#schemas/lead.ts'
import type { DriftSink } from '#src/mapping/codec.ts'
import { decodeKept } from '#src/mapping/decoded.ts'
import type { Mapping } from '#src/mapping/define.ts'
import { type Answer, type AskContext, unusable } from './ask.ts'
import { leadIdsOf } from './lead-ids.ts'

/** How a read is made, and whether the wire records are wanted with what they became. */
export interface ReadContext extends AskContext {
  readonly includeSource: boolean
}

type Wants = Pick<ReadContext, 'includeSource'>

export type LeadMapping = Mapping<Omit<Static<typeof Lead>, 'source'>>

export type DecodeLeads = (
  answer: Answer,
  mapping: LeadMapping,
  wants: Wants,
  sid: number | null,
) => Static<typeof Lead>[]

const nothing = Object.freeze({})

export const createDecoder = (drift: DriftSink) => {
  /** Every record becomes an element, or the whole reply is unusable: none is dropped. */
  const decodeAll = <Fields>(
    answer: Answer,
    mapping: Mapping<Fields>,
    wants: Wants,
    given: (index: number) => Partial<Fields> = () => nothing as Partial<Fields>,
    isItsOwn?: () => boolean,
  ): Fields[] =>
    answer.records.map((record, index) => {
      const value = decodeKept(mapping, record, drift, given(index), isItsOwn)
      if (value === null) throw unusable(answer.operation, { status: 200 }, `${mapping.name} lacks a required field`)
      if (!wants.includeSource) return value
      const { operation, fetchedAt } = answer
      return { ...value, source: { system: 'spacio', operation, fetchedAt, record } }
    })

  const decodeLeads: DecodeLeads = (answer, mapping, wants, sid) => {
    const given = new GivenToLeads(answer.records, sid)
    // A property's leads come in one reply. Those of a report may be of several, and an id is made of them all.
    return decodeAll(
      answer,
      mapping,
      wants,
      (index) => given.at(index),
      () => sid !== null || !given.isMade,
    )
  }

  return { decodeAll, decodeLeads }
}

/**
 * Most leads have ids, or were read before: those of the others are made when the first one is asked for. A class for
 * its getter: a literal with one has a shape of its own each time, which would keep the records alive for long.
 */
class GivenToLeads {
  readonly sid: number | null
  readonly #records: readonly unknown[]
  #ids: string[] | undefined
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
    this.#ids ??= leadIdsOf(this.#records, this.sid)
    return this.#ids[this.#place] as string
  }
}
