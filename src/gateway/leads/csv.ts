import type { Lead } from './reader.ts'

type CsvAnswer = Lead['answers'][number]
type Cell = string | number | boolean | null

const factColumns: [string, (lead: Lead) => Cell][] = [
  ['id', (lead) => lead.id],
  ['createdAt', (lead) => lead.createdAt],
  ['fullName', (lead) => lead.fullName],
  ['email', (lead) => lead.email],
  ['phone', (lead) => lead.phone],
  ['hasAgent', (lead) => lead.hasAgent],
  ['hasFinancing', (lead) => lead.hasFinancing],
  ['isBroker', (lead) => lead.isBroker],
  ['note', (lead) => lead.note],
  ['sid', (lead) => lead.sid],
  ['listingId', (lead) => lead.listingId],
  ['agentEmail', (lead) => lead.agentEmail],
  ['autoEmail.sentToVisitor', (lead) => lead.autoEmail?.sentToVisitor ?? null],
  ['autoEmail.sentToRepresentative', (lead) => lead.autoEmail?.sentToRepresentative ?? null],
  ['autoEmail.opened', (lead) => lead.autoEmail?.opened ?? null],
  ['autoEmail.details', (lead) => lead.autoEmail?.details ?? null],
]

const factNames = factColumns.map(([name]) => name)

/** Adds a heading for each question. A reader finds columns by heading, so all headings differ. */
const toHeadings = (questions: readonly string[]): string[] => {
  const headings = new Set(factNames)
  for (const question of questions) {
    let heading = escapeFormula(question)
    while (headings.has(heading)) heading = `answer: ${heading}`
    headings.add(heading)
  }
  return [...headings]
}

const toQuestion = ({ question, questionZh, caption, questionId }: CsvAnswer): string =>
  question ?? questionZh ?? caption ?? questionId ?? '(no question)'

/** Returns the distinct questions that these leads answer. */
export const getQuestions = (leads: readonly Lead[]): string[] => [
  ...new Set(leads.flatMap((lead) => lead.answers.map(toQuestion))),
]

export interface CsvTable {
  header(): string
  /** Throws if a lead answers a question that has no column: an answer must not be lost. */
  rows(leads: readonly Lead[]): string
}

/** Creates a CSV table (RFC 4180) with one column for each fact and one for each question, in alphabetical order. */
export const createCsvTable = (questions: Iterable<string>, { bom }: { bom: boolean }): CsvTable => {
  const columns = [...new Set(questions)].sort()
  const known = new Set(columns)

  const toAnswers = (lead: Lead): Cell[] => {
    const answers = Map.groupBy(lead.answers, toQuestion)
    for (const question of answers.keys()) if (!known.has(question)) throw new Error('a question without a column')
    return columns.map((question) => joinAnswers(answers.get(question) ?? []))
  }

  return {
    header: () => (bom ? '\uFEFF' : '') + toCsvLine(toHeadings(columns)),
    rows: (leads) =>
      leads.map((lead) => toCsvLine([...factColumns.map(([, read]) => read(lead)), ...toAnswers(lead)])).join(''),
  }
}

const joinAnswers = (answers: readonly CsvAnswer[]): string | null =>
  answers.length === 0 ? null : answers.map(({ answer }) => answer ?? '').join('; ')

const toCsvLine = (cells: readonly Cell[]): string => `${cells.map(toCellText).join(',')}\r\n`

/** Every text is quoted: then no reader takes a line break or a separator inside it for the end of the cell. */
const toCellText = (cell: Cell): string => {
  if (typeof cell === 'string') return `"${escapeFormula(cell).replaceAll('"', '""')}"`
  return cell === null ? '' : String(cell)
}

/**
 * A spreadsheet runs a cell that starts like a formula, and visitors write what they like. Spreadsheets of some countries
 * split at semicolons or tabs and ignore our quotes, so the text after each separator counts as the start of a cell too.
 */
const formulaStartPattern = /^(?=\p{Cc})|(?<=^|[\p{Cc}\p{Zl}\p{Zp},;|])(?=[\p{Zs}\p{Cf}"]*[-=+@＝＋－＠])/gu

const escapeFormula = (text: string): string => text.replace(formulaStartPattern, "'")
