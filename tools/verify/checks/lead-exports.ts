/** Checks that exports have the same leads as the list. */
import { type Check, retryOnce, withQuery } from '../check.ts'
import type { Json } from '../contract.ts'
import { readCsvRecords } from '../csv.ts'
import type { Target } from '../targets.ts'
import { assertContract, BrokenContract } from '../verdicts.ts'
import { getTotal, readPage } from './lists.ts'
import { readNewestLead } from './newest-lead.ts'

const splitLines = (text: string): unknown[] => {
  try {
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line))
  } catch {
    throw new BrokenContract('a line is not JSON')
  }
}

export const createExportCheck = ({ name, path }: Target): Check =>
  retryOnce({
    name: `${name}: the export of a day has the same leads as the list`,
    run: async ({ read }) => {
      const { day } = await readNewestLead(path, read)
      const days = { from: day, to: day }
      const page = readPage(await read(withQuery(path, { ...days, limit: 200 })))
      const exported = (await read(withQuery(path.replace('/leads', '/leads/export'), { ...days, format: 'ndjson' })))
        .text
      const lines = splitLines(exported)
      assertContract(
        lines.length === getTotal(page),
        `the export has ${lines.length} lines, but the list has ${getTotal(page)}`,
      )
      const ids = new Set(lines.map((line) => (line as Json).id))
      assertContract(
        page.data.every(({ id }) => ids.has(id)),
        'a lead of the list is missing in the export',
      )
      return `${lines.length} lines`
    },
  })

const comparedFields = ['id', 'createdAt', 'fullName', 'email', 'phone', 'note'] as const

/** Removes the apostrophes that protect spreadsheets from formulas. */
const toPlainText = (value: unknown): string => String(value ?? '').replaceAll("'", '')

const readCsv = (text: string): Record<string, string>[] => {
  try {
    return readCsvRecords(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    throw new BrokenContract(`the CSV is invalid: ${(error as Error).message}`)
  }
}

export const createCsvCheck = ({ name, path }: Target): Check =>
  retryOnce({
    name: `${name}: CSV has the same leads as NDJSON`,
    run: async ({ read }) => {
      const { day } = await readNewestLead(path, read)
      const url = withQuery(path.replace('/leads', '/leads/export'), { from: day, to: day })
      const leads = splitLines((await read(withQuery(url, { format: 'ndjson' }))).text) as Json[]
      const rows = readCsv((await read(withQuery(url, { format: 'csv' }))).text)
      assertContract(
        rows.length === leads.length,
        `the CSV has ${rows.length} rows, but NDJSON has ${leads.length} leads`,
      )
      for (const [index, each] of leads.entries()) {
        const other = comparedFields.find((field) => toPlainText(rows[index]?.[field]) !== toPlainText(each[field]))
        assertContract(other === undefined, `row ${index + 1}: ${other} differs from NDJSON`)
      }
      return `${rows.length} rows`
    },
  })
