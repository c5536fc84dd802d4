/** Results as a table, as JSON, and as an exit code. */
import { exitCodes } from '../../cli/command.ts'
import type { Result, Verdict } from './verdicts.ts'

export interface Report {
  readonly url: string
  readonly contract: string
  readonly results: readonly Result[]
}

const countOf = (results: readonly Result[], wanted: Verdict): number =>
  results.filter(({ verdict }) => verdict === wanted).length

export const countsOf = (results: readonly Result[]): Record<Verdict, number> => ({
  ok: countOf(results, 'ok'),
  broken: countOf(results, 'broken'),
  skipped: countOf(results, 'skipped'),
  failed: countOf(results, 'failed'),
})

export const exitCodeOf = (results: readonly Result[]): number => {
  const { broken, failed } = countsOf(results)
  if (broken > 0) return exitCodes.no
  return failed > 0 ? exitCodes.failed : exitCodes.done
}

const sentences: Record<number, string> = {
  [exitCodes.done]: 'The contract is kept.',
  [exitCodes.no]: 'The contract is broken.',
  [exitCodes.failed]: 'What was asked was answered as documented, but not all could be asked.',
}

const aligned = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

export const asTable = ({ url, contract, results }: Report): string => {
  const rows = results.map(({ name, request, verdict, detail }) => [verdict, name, request, detail])
  const { ok, broken, skipped, failed } = countsOf(results)
  return [
    `${url} against ${contract}`,
    '',
    aligned([['verdict', 'check', 'request', 'detail'], ...rows]),
    '',
    `${results.length} checks: ${ok} ok, ${broken} broken, ${skipped} skipped, ${failed} failed. ${sentences[exitCodeOf(results)]}`,
    '',
  ].join('\n')
}

export const asReport = (report: Report) => ({
  exitCode: exitCodeOf(report.results),
  counts: countsOf(report.results),
  ...report,
})
