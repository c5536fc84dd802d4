import { stringify } from 'csv-stringify/sync'
import type { Lead } from './reader.ts'

type Answer = Lead['answers'][number]
type Cell = string | number | boolean | null

const facts: [string, (lead: Lead) => Cell][] = [
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

const factNames = facts.map(([name]) => name)

/** A question may be worded like a fact: readers by heading must not take its answer for one. */
const headingOf = (question: string): string => (factNames.includes(question) ? `answer: ${question}` : question)

const questionOf = ({ question, questionZh, caption, questionId }: Answer): string =>
  question ?? questionZh ?? caption ?? questionId ?? '(no question)'

/** The questions that leads answer, for `columns`. */
export const questionsOf = (leads: readonly Lead[]): string[] => [
  ...new Set(leads.flatMap((lead) => lead.answers.map(questionOf))),
]

export interface CsvTable {
  header(): string
  /** Throws where a lead answers a question that has no column: an answer must not get lost. */
  rows(leads: readonly Lead[]): string
}

/** CSV (RFC 4180): one column a fact, and one a question, in the order of the alphabet. */
export const csvTable = (questions: Iterable<string>, { bom }: { bom: boolean }): CsvTable => {
  const columns = [...new Set(questions)].sort()
  const known = new Set(columns)

  const answersOf = (lead: Lead): Cell[] => {
    const answers = Map.groupBy(lead.answers, questionOf)
    for (const question of answers.keys()) if (!known.has(question)) throw new Error('a question without a column')
    return columns.map((question) => joined(answers.get(question) ?? []))
  }

  return {
    header: () => (bom ? '\uFEFF' : '') + lines([[...factNames, ...columns.map(headingOf)]]),
    rows: (leads) => lines(leads.map((lead) => [...facts.map(([, read]) => read(lead)), ...answersOf(lead)])),
  }
}

const joined = (answers: readonly Answer[]): string | null =>
  answers.length === 0 ? null : answers.map(({ answer }) => answer ?? '').join('; ')

const lines = (records: Cell[][]): string =>
  stringify(
    records.map((record) => record.map(defused)),
    { record_delimiter: 'windows', cast: { boolean: String } },
  )

/** A spreadsheet runs a cell that begins like a formula; visitors write what they like into theirs. */
const defused = (cell: Cell): Cell => (typeof cell === 'string' && /^[=+\-@\p{Cc}]/u.test(cell) ? `'${cell}` : cell)
