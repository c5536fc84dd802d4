import type { Static } from 'typebox'
import type { Lead } from '#schemas/lead.ts'
import type { DriftSink } from '#src/mapping/codec.ts'
import { decodeKept } from '#src/mapping/decoded.ts'
import type { Mapping } from '#src/mapping/define.ts'
import { isWritten, type Written, wireRecordOf } from '#src/written.ts'
import { type Answer, type AskContext, unusable } from './ask.ts'
import { leadIdsOf } from './lead-ids.ts'

/** How a read is made, and whether the wire records are wanted with what they became. */
export interface ReadContext extends AskContext {
  readonly includeSource: boolean
}

type Wants = Pick<ReadContext, 'includeSource'>

export type LeadMapping = Mapping<Omit<Static<typeof Lead>, 'source'>>

/** A lead, or one that is written already. */
export type LeadRow = Static<typeof Lead> | (Written & { readonly id: string })

export type DecodeLeads = (answer: Answer, mapping: LeadMapping, wants: Wants, sid: number | null) => LeadRow[]

const nothing = Object.freeze({})

export const createDecoder = (drift: DriftSink) => {
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

  const decodeAll = <Fields>(
    answer: Answer,
    mapping: Mapping<Fields>,
    wants: Wants,
    given: Partial<Fields> = nothing as Partial<Fields>,
  ): Fields[] => answer.records.map((record) => decode(answer, mapping, record, wants, given))

  const decodeLeads: DecodeLeads = (answer, mapping, wants, sid) => {
    let ids: string[] | undefined
    let place = 0
    let isMade = false
    // Most leads have ids, or were read before: those of the others are made when the first one is asked for.
    const given = {
      sid,
      get id(): string {
        isMade = true
        ids ??= leadIdsOf(answer.records.map(wireRecordOf), sid)
        return ids[place] as string
      },
    }
    // A property's leads come in one reply. Those of a report may be of several, and an id is made of them all.
    const isItsOwn = () => sid !== null || !isMade
    return answer.records.map((record, index) => {
      if (isWritten(record)) return record as LeadRow
      place = index
      isMade = false
      return decode(answer, mapping, record, wants, given, isItsOwn)
    })
  }

  return { decodeAll, decodeLeads }
}
