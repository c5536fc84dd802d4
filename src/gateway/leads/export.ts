import { getFragmentText, isFragment, parseFragment } from '#src/json/fragment.ts'
import { createParameterProblem, Problem } from '#src/problems.ts'
import {
  type ConcurrencyLevel,
  type ConcurrencyLimits,
  createConcurrencyLimiter,
  withCleanup,
} from '../concurrency-limits.ts'
import type { RequestContext } from '../request-context.ts'
import { streamBatches } from './batches.ts'
import { createCsvTable, getQuestions } from './csv.ts'
import type { JoinProperties } from './property-join.ts'
import type { Lead, LeadReader, LeadRow } from './reader.ts'
import {
  applyFilters,
  compareNewestLeadFirst,
  type LeadQuery,
  type LeadRequest,
  type LeadRequestParser,
} from './request.ts'

export type ExportFormat = 'csv' | 'ndjson'

interface ExportQuery extends LeadQuery {
  bom?: 'true' | 'false'
}

interface LeadExport {
  fileName: string
  /**
   * Text in batches. If a problem occurs midway, the iteration throws, so that the client detects the incomplete file.
   */
  text: AsyncIterable<string>
}

/** Exports up to this size are buffered and sorted newest first. Larger ones are streamed in upstream order. */
const maxSortedLeads = 5_000

/** Spacio reports allow four calls per tenant, so one stays free for the live feed. */
export const exportLimits: ConcurrencyLimits = { client: 2, tenant: 3, process: 8 }

/** Exports all leads of a window in constant memory. */
export const createLeadExport = (
  reader: LeadReader,
  parseRequest: LeadRequestParser,
  joinProperties: JoinProperties,
) => {
  const limiter = createConcurrencyLimiter(exportLimits)

  const streamLeads = async function* ({
    source,
    window,
    context,
    conditions,
  }: LeadRequest): AsyncGenerator<LeadRow[], void> {
    // Property leads arrive in a single batch.
    for await (const leads of reader.stream(source, window, context))
      for await (const batch of streamBatches(leads)) yield applyFilters(batch, conditions)
  }

  /** CSV headings precede the rows, so a large export reads the report twice: first the questions, then the rows. */
  const streamCsv = async function* (
    request: LeadRequest,
    head: ExportHead,
    bom: boolean,
  ): AsyncGenerator<string, void> {
    const questions = new Set<string>()
    for (const batches of [streamBatches(head.rows), head.rest])
      for await (const leads of batches)
        for (const question of getQuestions(leads.map(parseFragment<Lead>))) questions.add(question)
    const table = createCsvTable(questions, { bom })
    yield table.header()
    if (head.isComplete)
      for await (const leads of streamBatches(head.rows)) yield table.rows(leads.map(parseFragment<Lead>))
    else for await (const leads of streamLeads(request)) yield table.rows(leads.map(parseFragment<Lead>))
  }

  const streamNdjson = async function* ({ rows, rest }: ExportHead): AsyncGenerator<string, void> {
    for await (const leads of streamBatches(rows)) yield toLines(leads)
    for await (const leads of rest) yield toLines(leads)
  }

  const open = async (query: ExportQuery, format: ExportFormat, call: RequestContext): Promise<OpenExport> => {
    if (format === 'csv' && (call.includeProperty || call.includeSource)) throw createNotInCsv()
    const parsed = await parseRequest(query, call)
    const request = format === 'csv' ? { ...parsed, context: { ...parsed.context, acceptsText: false } } : parsed
    const head = await readHead(streamLeads(request))
    if (head.isComplete) head.rows.sort(compareNewestLeadFirst)
    if (head.isComplete && query.sort === 'createdAt') head.rows.reverse()
    if (!head.isComplete && (query.sort === 'createdAt' || call.includeProperty)) {
      await head.rest.return()
      throw query.sort === 'createdAt' ? createUnsortable() : createUnjoinable()
    }
    head.rows = await joinProperties(head.rows, call)
    const text = format === 'csv' ? streamCsv(request, head, query.bom === 'true') : streamNdjson(head)
    return { fileName: getFileName(request, format), text, rest: head.rest }
  }

  return async (query: ExportQuery, format: ExportFormat, call: RequestContext): Promise<LeadExport> => {
    const release = limiter.acquire(call.caller)
    if (typeof release === 'string') throw createLimitProblem(release)
    try {
      const { fileName, text, rest } = await open(query, format, call)
      const end = () => {
        release()
        // An upstream call may still be in progress.
        return rest.return()
      }
      return { fileName, text: withCleanup(text, end) }
    } catch (error) {
      release()
      throw error
    }
  }
}

interface OpenExport {
  fileName: string
  text: AsyncGenerator<string, void>
  rest: AsyncGenerator<LeadRow[], void>
}

interface ExportHead {
  rows: LeadRow[]
  isComplete: boolean
  rest: AsyncGenerator<LeadRow[], void>
}

const readHead = async (batches: AsyncGenerator<LeadRow[], void>): Promise<ExportHead> => {
  const rows: LeadRow[] = []
  while (rows.length <= maxSortedLeads) {
    const { done, value } = await batches.next()
    if (done) return { rows, isComplete: true, rest: batches }
    rows.push(...value)
  }
  return { rows, isComplete: false, rest: batches }
}

const retryAfterSeconds = 5

const createLimitProblem = (level: ConcurrencyLevel): Problem =>
  level === 'client'
    ? new Problem('rate-limited', {
        detail: `This client already runs ${exportLimits.client} exports. Wait until one of them ends.`,
        retryAfter: retryAfterSeconds,
      })
    : new Problem('overloaded', {
        detail: `This ${level} already runs ${exportLimits[level]} exports. Try again when one of them ends.`,
        retryAfter: retryAfterSeconds,
      })

const createUnsortable = (): Problem =>
  createParameterProblem(
    'sort',
    `sorts up to ${maxSortedLeads} leads; this window holds more, and comes in the upstream's order`,
  )

const createUnjoinable = (): Problem => {
  const message = `property joins up to ${maxSortedLeads} leads, and this window holds more`
  return new Problem('unprocessable', {
    detail: `include=${message}. Request fewer days.`,
    errors: [{ path: 'query/include', message }],
  })
}

const createNotInCsv = (): Problem =>
  createParameterProblem('include', 'needs format=ndjson: a CSV file has no nested records')

const toLines = (leads: readonly LeadRow[]): string => leads.map(toLine).join('')

const toLine = (lead: LeadRow): string => `${isFragment(lead) ? getFragmentText(lead) : JSON.stringify(lead)}\n`

const getFileName = ({ source, window }: LeadRequest, format: ExportFormat): string => {
  const days = 'utcDays' in window ? [window.from, 'to', window.to] : []
  return `${['leads', source.kind, source.id, ...days].join('-')}.${format}`
}
