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

export interface Measured {
  readonly asked: Case
  readonly rows: readonly Row[]
}

const summaryCell = ({ rows }: Measured, title: string): string => {
  const row = rows.find(({ contender }) => contender.title === title)
  if (!row || row.ratios.length === 0) return ''
  const target = row.contender.target === null ? '' : ` (≤ ${row.contender.target})`
  return `${median(row.ratios).toFixed(2)}${target}`
}

/** Processor time for an answer, of that of the pass-through: whom, by what was asked. */
export const summaryOf = (all: readonly Measured[]): string => {
  const titles = [...new Set(all.flatMap(({ rows }) => rows.map(({ contender }) => contender.title)))]
  return [
    line(['CPU, pass-through = 1', ...all.map(({ asked }) => asked.title)]),
    line(['---', ...all.map(() => '--:')]),
    ...titles.map((title) => line([title, ...all.map((measured) => summaryCell(measured, title))])),
  ].join('')
}

const missedBy = ({ asked, rows }: Measured): string[] => {
  const p99Of = ({ results }: Row) => median(results.map(({ p99 }) => p99))
  const proxy = rows.find(({ contender }) => contender.system === 'proxy')
  return rows.flatMap((row) => {
    const { title, target, system } = row.contender
    const ratio = median(row.ratios)
    const isSlow = proxy !== undefined && system === 'foyer' && p99Of(row) > p99Of(proxy)
    return [
      ...(target !== null && ratio > target ? [`${asked.title}, ${title}: ${ratio.toFixed(2)} of ≤ ${target}`] : []),
      ...(isSlow ? [`${asked.title}, ${title}: p99 ${p99Of(row).toFixed(1)} ms of ≤ ${p99Of(proxy).toFixed(1)}`] : []),
    ]
  })
}

/** What does not reach its target. */
export const missed = (all: readonly Measured[], facts: readonly Fact[]): string => {
  const ofFacts = facts.flatMap(({ what, target, value, isReached }) =>
    isReached ? [] : [`${what}: ${value} of ${target}`],
  )
  const lines = [...all.flatMap(missedBy), ...ofFacts].map((each) => `- ${each}\n`)
  if (!all.some(({ rows }) => rows.some(({ ratios, contender }) => contender.system === 'foyer' && ratios.length > 0)))
    return ''
  return lines.length === 0 ? 'Every target is reached.\n' : `Not reached:\n\n${lines.join('')}`
}

export const factsTable = (facts: readonly Fact[]): string =>
  ['### The process\n\n', line(['', 'target', 'measured']), line(['---', '--:', '--:'])]
    .concat(facts.map(({ what, target, value }) => line([what, target, value])))
    .join('')
