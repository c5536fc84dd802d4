import type { Static } from 'typebox'
import type { Lead } from '#schemas/lead.ts'
import { isFragment, type JsonFragment } from '#src/json/fragment.ts'
import { getWireRecord } from '#src/json/parse-wire-json.ts'
import type { DriftSink } from '#src/mapping/codec.ts'
import { decodeWithMemo, hasDecodeMemo } from '#src/mapping/decode-memo.ts'
import type { Canonical, Mapping } from '#src/mapping/mapping.ts'
import { createSlices, runToEnd, type Slices, type Steps } from '../transport/slices.ts'
import { createLeadIdSteps, isWithoutId, type LeadCounter } from './lead-ids.ts'
import { createInvalidResponse, type SpacioRequestContext, type SpacioResult } from './request.ts'

/** How a read is made, and in which form its elements are needed. */
export interface ReadContext extends SpacioRequestContext {
  /** Adds the wire record to each element. */
  readonly includeSource: boolean
  /** Leads may come as JSON text, because the caller only sends them on. */
  readonly acceptsText?: boolean
}

type SourceOption = Pick<ReadContext, 'includeSource'>

export type LeadMapping = Mapping<Canonical<typeof Lead>>

/** A lead as an object or as JSON text. */
export type LeadRow = Static<typeof Lead> | (JsonFragment & { readonly id: string })

export type DecodeLeads = (
  answer: SpacioResult,
  mapping: LeadMapping,
  wants: SourceOption,
  sid: number | null,
  /** For one of several batches of a stream. */
  countLeads?: LeadCounter,
) => LeadRow[] | Promise<LeadRow[]>

const emptyContext = Object.freeze({})

export const createDecoder = (drift: DriftSink, slices: Slices = createSlices()) => {
  /** One record that cannot be decoded makes the whole reply unusable, so that no element is lost. */
  const decode = <Fields>(
    { operation, fetchedAt }: SpacioResult,
    mapping: Mapping<Fields>,
    record: unknown,
    { includeSource }: SourceOption,
    context: Partial<Fields>,
    isSelfContained?: () => boolean,
  ): Fields => {
    const value = decodeWithMemo(mapping, record, drift, context, isSelfContained)
    if (value === null)
      throw createInvalidResponse(operation, { status: 200 }, `${mapping.name} lacks a required field`)
    return includeSource ? { ...value, source: { system: 'spacio', operation, fetchedAt, record } } : value
  }

  function* decodeAllSteps<Fields>(
    result: SpacioResult,
    mapping: Mapping<Fields>,
    options: SourceOption,
    context: Partial<Fields>,
  ): Steps<Fields[]> {
    const values: Fields[] = []
    for (const record of result.records) {
      values.push(decode(result, mapping, record, options, context))
      yield
    }
    return values
  }

  function* decodeLeadSteps(
    result: SpacioResult,
    mapping: LeadMapping,
    options: SourceOption,
    sid: number | null,
    countLeads?: LeadCounter,
  ): Steps<LeadRow[]> {
    const { records } = result
    const context = new LeadContext(records, sid, countLeads)
    // A generated id depends on the whole list. The list of a property is one reply; a report can have several.
    const isSelfContained = () => sid !== null || !context.isIdComputed
    const leads: LeadRow[] = []
    for (const [index, record] of records.entries()) {
      if (isFragment(record)) leads.push(record as LeadRow)
      else {
        if (!context.ids && (sid !== null || isWithoutId(record)) && !hasDecodeMemo(mapping, record)) {
          context.ids = yield* createLeadIdSteps(records.map(getWireRecord), sid, countLeads)
        }
        leads.push(decode(result, mapping, record, options, context.moveTo(index), isSelfContained))
        yield
      }
    }
    return leads
  }

  const decodeAll = <Fields>(
    result: SpacioResult,
    mapping: Mapping<Fields>,
    options: SourceOption,
    context: Partial<Fields> = emptyContext as Partial<Fields>,
  ): Fields[] | Promise<Fields[]> => slices.run(decodeAllSteps(result, mapping, options, context))

  const decodeLeads: DecodeLeads = (result, mapping, options, sid, countLeads) =>
    slices.run(decodeLeadSteps(result, mapping, options, sid, countLeads))

  return { decodeAll, decodeLeads }
}

/**
 * Generates ids only when the first one is needed, because most leads have ids. It is a class because of its getter: V8
 * gives each object literal with a getter a hidden class of its own, which would keep the records alive.
 */
class LeadContext {
  readonly sid: number | null
  readonly #records: readonly unknown[]
  readonly #countLeads: LeadCounter | undefined
  ids: string[] | undefined
  #place = 0
  /** True when the id of the current lead was generated. */
  isIdComputed = false

  constructor(records: readonly unknown[], sid: number | null, countLeads: LeadCounter | undefined) {
    this.#records = records
    this.#countLeads = countLeads
    this.sid = sid
  }

  moveTo(place: number): this {
    this.#place = place
    this.isIdComputed = false
    return this
  }

  get id(): string {
    this.isIdComputed = true
    this.ids ??= runToEnd(createLeadIdSteps(this.#records.map(getWireRecord), this.sid, this.#countLeads))
    return this.ids[this.#place] as string
  }
}
