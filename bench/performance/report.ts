/** Medians and their spread, as a table. */
import type { Case } from './cases.ts'
import type { Contender } from './contenders/index.ts'
import type { Fact } from './facts.ts'
import type { Result } from './round.ts'

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [before, after] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]]
  return ((before ?? 0) + (after ?? 0)) / 2
}

export interface Row {
  readonly contender: Contender
  readonly results: readonly Result[]
  /** Of the CPU of the pass-through, one for each round; empty: it did not take part. */
  readonly ratios: readonly number[]
}

export const rowsOf = (contenders: readonly Contender[], rounds: readonly (readonly Result[])[]): Row[] => {
  const base = contenders.findIndex(({ system }) => system === 'proxy')
  return contenders.map((contender, index) => ({
    contender,
    results: rounds.map((round) => round[index] as Result),
    ratios: base < 0 ? [] : rounds.map((round) => (round[index] as Result).cpu / (round[base] as Result).cpu),
  }))
}

const ratioCell = ({ ratios }: Row): string => {
  if (ratios.length === 0) return ''
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)]
  return `${median(ratios).toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)})`
}

const cells = (row: Row): string[] => {
  const of = (pick: (result: Result) => number) => median(row.results.map(pick))
  const refused = row.results.reduce((sum, each) => sum + each.refused, 0)
  return [
    row.contender.title,
    of(({ cpu }) => cpu).toFixed(3),
    ratioCell(row),
    row.contender.target === null ? '' : `≤ ${row.contender.target}`,
    of(({ calls }) => calls).toFixed(2),
    of(({ rate }) => rate).toFixed(0),
    of(({ p50 }) => p50).toFixed(1),
    of(({ p99 }) => p99).toFixed(1),
    of(({ memory }) => memory).toFixed(0),
    String(refused),
  ]
}

const header = ['', 'CPU ms', 'ratio', 'target', 'calls upstream', 'a second', 'p50 ms', 'p99 ms', 'RSS MB', 'refused']

const line = (of: readonly string[]): string => `| ${of.join(' | ')} |\n`

export const tableOf = ({ title }: Case, rows: readonly Row[]): string =>
  [`### ${title}\n\n`, line(header), line(header.map((_, index) => (index === 0 ? '---' : '--:')))]
    .concat(rows.map((row) => line(cells(row))))
    .join('')

export const factsTable = (facts: readonly Fact[]): string =>
  ['### The process\n\n', line(['', 'target', 'measured']), line(['---', '--:', '--:'])]
    .concat(facts.map(({ what, target, value }) => line([what, target, value])))
    .join('')
