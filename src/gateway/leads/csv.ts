import type { Lead } from './reader.ts'

type CsvAnswer = Lead['answers'][number]
type Cell = string | number | boolean | null

const leadColumns: [string, (lead: Lead) => Cell][] = [
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

const leadColumnNames = leadColumns.map(([name]) => name)

const toHeadings = (questions: readonly string[]): string[] => {
  const headings = new Set(leadColumnNames)
  for (const question of questions) {
    let heading = escapeFormula(question)
    while (headings.has(heading)) heading = `answer: ${heading}`
    headings.add(heading)
  }
  return [...headings]
}

const toQuestion = ({ question, questionZh, caption, questionId }: CsvAnswer): string =>
  question ?? questionZh ?? caption ?? questionId ?? '(no question)'

export const getQuestions = (leads: readonly Lead[]): string[] => [
  ...new Set(leads.flatMap((lead) => lead.answers.map(toQuestion))),
]

/** Creates a CSV table (RFC 4180): a column for each field of a lead, then one for each question in alphabetical order. */
export const createCsvTable = (questions: Iterable<string>, { bom }: { bom: boolean }) => {
  const columns = [...new Set(questions)].sort()
  const known = new Set(columns)

  const toAnswers = (lead: Lead): Cell[] => {
    const answers = Map.groupBy(lead.answers, toQuestion)
    for (const question of answers.keys()) if (!known.has(question)) throw new Error('a question without a column')
    return columns.map((question) => joinAnswers(answers.get(question) ?? []))
  }

  return {
    header: (): string => (bom ? '\uFEFF' : '') + toCsvLine(toHeadings(columns)),
    /** Throws if a lead answers a question without a column, because the answer would be lost. */
    rows: (leads: readonly Lead[]): string =>
      leads.map((lead) => toCsvLine([...leadColumns.map(([, read]) => read(lead)), ...toAnswers(lead)])).join(''),
  }
}

const joinAnswers = (answers: readonly CsvAnswer[]): string | null =>
  answers.length === 0 ? null : answers.map(({ answer }) => answer ?? '').join('; ')

const toCsvLine = (cells: readonly Cell[]): string => `${cells.map(toCellText).join(',')}\r\n`

/** All texts are quoted, so that line breaks and separators never end a cell. */
const toCellText = (cell: Cell): string => {
  if (typeof cell === 'string') return `"${escapeFormula(cell).replaceAll('"', '""')}"`
  return cell === null ? '' : String(cell)
}

/**
 * Spreadsheets execute cells that start like a formula, and visitors control these texts.
 * Some locales split at semicolons or tabs and ignore quotes, so the text after each separator counts as a cell start
 * too.
 */
const formulaStartPattern = /^(?=\p{Cc})|(?<=^|[\p{Cc}\p{Zl}\p{Zp},;|])(?=[\p{Zs}\p{Cf}"]*[-=+@＝＋－＠])/gu

const escapeFormula = (text: string): string => text.replace(formulaStartPattern, "'")
