/** Formats medians and their spread as a table. */
import { getMedian } from '../figures.ts'
import type { Case } from './cases.ts'
import type { Contender } from './contenders/index.ts'
import type { Fact } from './facts.ts'
import type { Result } from './round.ts'

export interface Row {
  readonly contender: Contender
  readonly results: readonly Result[]
  /** CPU relative to the pass-through for each round; empty if the pass-through was not measured. */
  readonly ratios: readonly number[]
}

export const createRows = (contenders: readonly Contender[], rounds: readonly (readonly Result[])[]): Row[] => {
  const base = contenders.findIndex(({ system }) => system === 'proxy')
  return contenders.map((contender, index) => ({
    contender,
    results: rounds.map((round) => round[index] as Result),
    ratios: base < 0 ? [] : rounds.map((round) => (round[index] as Result).cpu / (round[base] as Result).cpu),
  }))
}

const formatRatio = ({ ratios }: Row): string => {
  if (ratios.length === 0) return ''
  const [min, max] = [Math.min(...ratios), Math.max(...ratios)]
  return `${getMedian(ratios).toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`
}

const formatCells = (row: Row): string[] => {
  const formatMedian = (pick: (result: Result) => number) => getMedian(row.results.map(pick))
  const refused = row.results.reduce((sum, each) => sum + each.refused, 0)
  return [
    row.contender.title,
    formatMedian(({ cpu }) => cpu).toFixed(3),
    formatRatio(row),
    row.contender.target === null ? '' : `≤ ${row.contender.target}`,
    formatMedian(({ calls }) => calls).toFixed(2),
    formatMedian(({ rate }) => rate).toFixed(0),
    formatMedian(({ p50 }) => p50).toFixed(1),
    formatMedian(({ p99 }) => p99).toFixed(1),
    formatMedian(({ memory }) => memory).toFixed(0),
    String(refused),
  ]
}

const header = [
  '',
  'CPU ms',
  'ratio',
  'target',
  'upstream calls',
  'responses/s',
  'p50 ms',
  'p99 ms',
  'RSS MB',
  'rejected',
]

const formatLine = (of: readonly string[]): string => `| ${of.join(' | ')} |\n`

export const formatTable = ({ title }: Case, rows: readonly Row[]): string =>
  [`### ${title}\n\n`, formatLine(header), formatLine(header.map((_, index) => (index === 0 ? '---' : '--:')))]
    .concat(rows.map((row) => formatLine(formatCells(row))))
    .join('')

export interface MeasuredCase {
  readonly benchCase: Case
  readonly rows: readonly Row[]
}

const formatSaturated = (row: Row, proxy: Row | undefined): string => {
  if (!proxy) return ''
  const ratios = row.results.map(
    ({ saturatedCpu }, round) => saturatedCpu / (proxy.results[round] as Result).saturatedCpu,
  )
  return `; ${getMedian(ratios).toFixed(2)}`
}

const formatSummaryCell = ({ rows }: MeasuredCase, title: string): string => {
  const row = rows.find(({ contender }) => contender.title === title)
  if (!row || row.ratios.length === 0) return ''
  const proxy = rows.find(({ contender }) => contender.system === 'proxy')
  const target = row.contender.target === null ? '' : ` (≤ ${row.contender.target})`
  return `${getMedian(row.ratios).toFixed(2)}${target}${formatSaturated(row, proxy)}`
}

/**
 * Formats processor time per response relative to the pass-through, by contender and case: at half load, and at
 * saturation.
 */
export const formatSummary = (all: readonly MeasuredCase[]): string => {
  const titles = [...new Set(all.flatMap(({ rows }) => rows.map(({ contender }) => contender.title)))]
  return [
    formatLine(['CPU at half load; at saturation (pass-through = 1)', ...all.map(({ benchCase }) => benchCase.title)]),
    formatLine(['---', ...all.map(() => '--:')]),
    ...titles.map((title) => formatLine([title, ...all.map((measured) => formatSummaryCell(measured, title))])),
  ].join('')
}

/** Relative to the pass-through. */
const maxP99Ratio = 2

const findMissedTargets = ({ benchCase, rows }: MeasuredCase): string[] => {
  const getP99 = ({ results }: Row) => getMedian(results.map(({ p99 }) => p99))
  const proxy = rows.find(({ contender }) => contender.system === 'proxy')
  return rows.flatMap((row) => {
    const { title, target, system } = row.contender
    const ratio = getMedian(row.ratios)
    const maxP99 = proxy === undefined ? Number.POSITIVE_INFINITY : maxP99Ratio * getP99(proxy)
    const isSlow = system === 'foyer' && getP99(row) > maxP99
    return [
      ...(target !== null && ratio > target
        ? [`${benchCase.title}, ${title}: ${ratio.toFixed(2)} instead of ≤ ${target}`]
        : []),
      ...(isSlow
        ? [`${benchCase.title}, ${title}: p99 ${getP99(row).toFixed(1)} ms instead of ≤ ${maxP99.toFixed(1)}`]
        : []),
    ]
  })
}

/** Lists the missed targets. */
export const formatMissed = (all: readonly MeasuredCase[], facts: readonly Fact[]): string => {
  const factLines = facts.flatMap(({ what, target, value, isReached }) =>
    isReached ? [] : [`${what}: ${value} instead of ${target}`],
  )
  const lines = [...all.flatMap(findMissedTargets), ...factLines].map((each) => `- ${each}\n`)
  if (!all.some(({ rows }) => rows.some(({ ratios, contender }) => contender.system === 'foyer' && ratios.length > 0)))
    return ''
  return lines.length === 0 ? 'All targets are met.\n' : `Missed targets:\n\n${lines.join('')}`
}

export const formatFacts = (facts: readonly Fact[]): string =>
  ['### The process\n\n', formatLine(['', 'target', 'measured']), formatLine(['---', '--:', '--:'])]
    .concat(facts.map(({ what, target, value }) => formatLine([what, target, value])))
    .join('')
