/** Attributes the time of a CPU profile to packages. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Profile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string }
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

export interface Share {
  readonly whose: string
  /** The share of the time in which the process was active. */
  readonly percent: number
}

/** Native code has no file, so its function name is used, for example that of a system call. */
const findOwner = ({ functionName, url }: Profile['nodes'][number]['callFrame']): string => {
  const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? []
  if (name !== undefined) return name
  const [, capacity] = /\/((?:src\/[^/]+|routes|schemas)\/(?:[^/]+(?=\/))?)/.exec(url) ?? []
  if (capacity !== undefined) return capacity.replace(/\/$/, '')
  const [, part] = /^node:(?:internal\/)?(\w+)/.exec(url) ?? []
  return part === undefined ? functionName || 'compiled code' : `node:${part}`
}

const sumNumbers = (numbers: readonly number[]): number => numbers.reduce((whole, each) => whole + each, 0)

/** Uses only the second half of the active time, which excludes startup and warm-up. */
export const computeShares = ({ nodes, samples, timeDeltas }: Profile): Share[] => {
  const owners = new Map(nodes.map(({ id, callFrame }) => [id, findOwner(callFrame)]))
  const work = samples
    .map((id, index) => ({ owner: owners.get(id) as string, time: timeDeltas[index] as number }))
    .filter(({ owner }) => owner !== '(idle)' && owner !== '(program)')
  const half = sumNumbers(work.map(({ time }) => time)) / 2
  const times = new Map<string, number>()
  let passed = 0
  for (const { owner, time } of work) {
    passed += time
    if (passed > half) times.set(owner, (times.get(owner) ?? 0) + time)
  }
  const whole = sumNumbers([...times.values()])
  return [...times]
    .map(([whose, time]) => ({ whose, percent: (100 * time) / whole }))
    .toSorted((a, b) => b.percent - a.percent)
}

/** Reads the newest profile of a folder. */
export const readNewestShares = (folder: string): Share[] => {
  const newest = globSync('*.cpuprofile', { cwd: folder }).sort().at(-1)
  if (newest === undefined) throw new Error(`no profile in ${folder}`)
  return computeShares(JSON.parse(readFileSync(join(folder, newest), 'utf8')))
}

/** Rows below this percentage in all columns are merged into one. */
const minPercent = 2.5

export interface Column {
  readonly title: string
  readonly shares: readonly Share[]
}

/** Formats one column per variant. */
export const formatShares = (title: string, columns: readonly Column[]): string => {
  const getShare = ({ shares }: Column, owner: string) => shares.find(({ whose }) => whose === owner)?.percent ?? 0
  const getMaxShare = (owner: string) => Math.max(...columns.map((column) => getShare(column, owner)))
  const owners = [...new Set(columns.flatMap(({ shares }) => shares.map(({ whose }) => whose)))]
    .filter((owner) => getMaxShare(owner) >= minPercent)
    .toSorted((a, b) => getMaxShare(b) - getMaxShare(a))
  const formatRow = (name: string, percents: readonly number[]) =>
    `| ${[name, ...percents.map((percent) => percent.toFixed(1))].join(' | ')} |`
  const formatColumn = (column: Column) => sumNumbers(owners.map((owner) => getShare(column, owner)))
  return [
    `| ${[title, ...columns.map((column) => column.title)].join(' | ')} |`,
    `| ${['---', ...columns.map(() => '--:')].join(' | ')} |`,
    ...owners.map((owner) =>
      formatRow(
        owner,
        columns.map((column) => getShare(column, owner)),
      ),
    ),
    formatRow(
      `everything else, below ${minPercent} % each`,
      columns.map((column) => 100 - formatColumn(column)),
    ),
  ].join('\n')
}
