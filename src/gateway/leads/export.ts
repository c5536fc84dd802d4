import { isWritten, textOf, wholeOf } from '#src/json/fragment.ts'
import { Problem, refusedParameter } from '#src/problems.ts'
import { createPlaces, type PlaceLevel, type PlaceLimits, withEnd } from '../concurrency-limits.ts'
import type { Call } from '../request-context.ts'
import { inParts } from './batches.ts'
import { createCsvTable, getQuestions } from './csv.ts'
import type { Lead, LeadReader, LeadRow } from './reader.ts'
import { chosenBy, type LeadQuery, type LeadRequest, newestLeadFirst, type Understand } from './request.ts'

export type ExportFormat = 'csv' | 'ndjson'

export interface ExportQuery extends LeadQuery {
  bom?: 'true' | 'false'
}

export interface LeadExport {
  fileName: string
  /** Text, some leads at a time. A problem in the middle throws: the reader must see that the file is not whole. */
  text: AsyncIterable<string>
}

/** Up to here an export is read once, held, and sorted newest first; beyond, it is streamed as the upstream orders it. */
const heldLeads = 5_000

/** A tenant has four places for long reports upstream: one stays free for its live feed. */
const limits: PlaceLimits = { client: 2, tenant: 3, process: 8 }

/** All leads of a window, however many, in memory that does not grow with them. */
export const createLeadExport = (reader: LeadReader, understand: Understand) => {
  const places = createPlaces(limits)

  const leadsOf = async function* ({ source, window, read, conditions }: LeadRequest): AsyncGenerator<LeadRow[], void> {
    // The leads of a property come all together.
    for await (const leads of reader.stream(source, window, read))
      for await (const some of inParts(leads)) yield chosenBy(some, conditions)
  }

  /** The questions come before the first row, so that a large table is read twice: once for them, once for the rows. */
  const csvText = async function* (request: LeadRequest, begun: Begun, bom: boolean): AsyncGenerator<string, void> {
    const questions = new Set<string>()
    for (const batches of [inParts(begun.held), begun.rest])
      for await (const leads of batches)
        for (const question of getQuestions(leads.map(wholeOf<Lead>))) questions.add(question)
    const table = createCsvTable(questions, { bom })
    yield table.header()
    if (begun.isWhole) for await (const leads of inParts(begun.held)) yield table.rows(leads.map(wholeOf<Lead>))
    else for await (const leads of leadsOf(request)) yield table.rows(leads.map(wholeOf<Lead>))
  }

  const ndjsonText = async function* ({ held, rest }: Begun): AsyncGenerator<string, void> {
    for await (const leads of inParts(held)) yield linesOf(leads)
    for await (const leads of rest) yield linesOf(leads)
  }

  const open = async (query: ExportQuery, format: ExportFormat, call: Call): Promise<Opened> => {
    const request = await understand(query, call)
    const begun = await begin(leadsOf(request))
    if (begun.isWhole) begun.held.sort(newestLeadFirst)
    if (begun.isWhole && query.sort === 'createdAt') begun.held.reverse()
    if (!begun.isWhole && query.sort === 'createdAt') {
      await begun.rest.return()
      throw unsortable()
    }
    const text = format === 'csv' ? csvText(request, begun, query.bom === 'true') : ndjsonText(begun)
    return { fileName: fileNameOf(request, format), text, rest: begun.rest }
  }

  return async (query: ExportQuery, format: ExportFormat, call: Call): Promise<LeadExport> => {
    const leave = places.take(call.caller)
    if (typeof leave === 'string') throw noPlace(leave)
    try {
      const { fileName, text, rest } = await open(query, format, call)
      const end = () => {
        leave()
        // A call upstream may be under way for the rest.
        return rest.return()
      }
      return { fileName, text: withEnd(text, end) }
    } catch (error) {
      leave()
      throw error
    }
  }
}

interface Opened {
  fileName: string
  text: AsyncGenerator<string, void>
  rest: AsyncGenerator<LeadRow[], void>
}

interface Begun {
  held: LeadRow[]
  isWhole: boolean
  rest: AsyncGenerator<LeadRow[], void>
}

const begin = async (batches: AsyncGenerator<LeadRow[], void>): Promise<Begun> => {
  const held: LeadRow[] = []
  while (held.length <= heldLeads) {
    const { done, value } = await batches.next()
    if (done) return { held, isWhole: true, rest: batches }
    held.push(...value)
  }
  return { held, isWhole: false, rest: batches }
}

const secondsUntilPlace = 5

const noPlace = (level: PlaceLevel): Problem =>
  level === 'client'
    ? new Problem('rate-limited', {
        detail: `This client already runs ${limits.client} exports. Wait until one of them ends.`,
        retryAfter: secondsUntilPlace,
      })
    : new Problem('overloaded', {
        detail: `This ${level} already runs ${limits[level]} exports. Try again when one of them ends.`,
        retryAfter: secondsUntilPlace,
      })

const unsortable = (): Problem =>
  refusedParameter('sort', `sorts up to ${heldLeads} leads; this window holds more, and comes in the upstream's order`)

const linesOf = (leads: readonly LeadRow[]): string => leads.map(lineOf).join('')

const lineOf = (lead: LeadRow): string => `${isWritten(lead) ? textOf(lead) : JSON.stringify(lead)}\n`

const fileNameOf = ({ source, window }: LeadRequest, format: ExportFormat): string => {
  const days = 'utcDays' in window ? [window.from, 'to', window.to] : []
  return `${['leads', source.kind, source.id, ...days].join('-')}.${format}`
}
