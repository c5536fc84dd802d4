/** Formats a report as a table and as JSON, and chooses the exit code. */
import { alignRows } from '../align-rows.ts'
import type { FieldDrift } from './missing.ts'
import type { Report, Result } from './run.ts'

export const getExitCode = ({ results }: Report): number => {
  if (results.some(({ status }) => status !== 'ok' && status !== 'skipped')) return 2
  return results.some(({ drift }) => drift.length > 0) ? 1 : 0
}

const formatDrift = (drift: readonly FieldDrift[]): string =>
  drift.map(({ field, kind, count }) => `${field}: ${kind} ×${count}`).join(', ')

const toRow = ({ system, operation, status, records, milliseconds, drift, reason }: Result): string[] => [
  `${system} ${operation}`,
  status,
  records === null ? '' : String(records),
  milliseconds === null ? '' : String(milliseconds),
  [formatDrift(drift), reason ?? ''].filter(Boolean).join('; '),
]

const headings = ['operation', 'status', 'records', 'ms', 'drift (field: kind ×n), or reason']

/** Records and milliseconds. */
const numberColumns = [2, 3]

const verdicts: Record<number, string> = { 0: 'No drift was found.', 1: 'Drift was found.', 2: 'An operation failed.' }

export const formatTable = (report: Report): string => {
  const observed = report.observed.map(({ about, finding }) => `observed: ${about}: ${finding}\n`)
  const table = alignRows([headings, ...report.results.map(toRow)], numberColumns)
  return `${table}\n\n${observed.join('')}${observed.length > 0 ? '\n' : ''}${verdicts[getExitCode(report)]}\n`
}

export const formatJson = (report: Report): string =>
  `${JSON.stringify({ exitCode: getExitCode(report), ...report }, null, 2)}\n`
