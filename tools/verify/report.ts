/** Formats results as a table and as JSON, and chooses the exit code. */
import { exitCodes } from '../../cli/command.ts'
import { alignRows } from '../align-rows.ts'
import type { Result, Verdict } from './verdicts.ts'

interface Report {
  readonly url: string
  readonly contract: string
  readonly results: readonly Result[]
}

const countVerdict = (results: readonly Result[], expected: Verdict): number =>
  results.filter(({ verdict }) => verdict === expected).length

const countVerdicts = (results: readonly Result[]): Record<Verdict, number> => ({
  ok: countVerdict(results, 'ok'),
  broken: countVerdict(results, 'broken'),
  skipped: countVerdict(results, 'skipped'),
  failed: countVerdict(results, 'failed'),
})

export const getExitCode = (results: readonly Result[]): number => {
  const { broken, failed } = countVerdicts(results)
  if (broken > 0) return exitCodes.no
  return failed > 0 ? exitCodes.failed : exitCodes.done
}

const summaryByCode: Record<number, string> = {
  [exitCodes.done]: 'The deployment fulfils the contract.',
  [exitCodes.no]: 'The deployment breaks the contract.',
  [exitCodes.failed]: 'Some checks failed to run; all others succeeded.',
}

export const formatTable = ({ url, contract, results }: Report): string => {
  const rows = results.map(({ name, request, verdict, detail }) => [verdict, name, request, detail])
  const { ok, broken, skipped, failed } = countVerdicts(results)
  return [
    `${url} against ${contract}`,
    '',
    alignRows([['verdict', 'check', 'request', 'detail'], ...rows]),
    '',
    `${results.length} checks: ${ok} ok, ${broken} broken, ${skipped} skipped, ${failed} failed. ${summaryByCode[getExitCode(results)]}`,
    '',
  ].join('\n')
}

export const formatReport = (report: Report) => ({
  exitCode: getExitCode(report.results),
  counts: countVerdicts(report.results),
  ...report,
})
