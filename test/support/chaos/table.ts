import { connectTimeoutMs, limits } from '#src/upstreams/transport/limits.ts'
import type { CallLimits } from '#src/upstreams/transport/types.ts'
import type { ChaosResult } from './gateway.ts'
import { operations } from './operations.ts'

const formatRow = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

export const formatTable = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [formatRow(head), formatRow(head.map(() => '---')), ...rows.map(formatRow)].join('\n')

const formatCell = ({ status, code, isUnknown, calls }: ChaosResult): string => {
  const name = code === null ? '' : ` ${code.replace('upstream-', '')}`
  return `${status}${name}, ${calls}${isUnknown ? ', unknown' : ''}`
}

/** Returns a table with one row per fault and one column per operation. */
export const formatMatrix = (results: ReadonlyMap<string, readonly ChaosResult[]>): string =>
  formatTable(
    ['', ...operations.map(({ title }) => title)],
    [...results].map(([fault, cells]) => [fault, ...cells.map(formatCell)]),
  )

const formatSeconds = (milliseconds: number): string => `${milliseconds / 1000} s`

const formatSize = (bytes: number): string =>
  bytes < 1024 * 1024 ? `${bytes / 1024} KiB` : `${bytes / 1024 / 1024} MiB`

const formatLimits = ({
  system,
  name,
  attemptTimeoutMs,
  totalTimeoutMs,
  maxBytes,
  maxInFlight,
  maxQueued,
  maxWaitMs,
}: CallLimits) => [
  `${system === 'spacio' ? 'Spacio' : 'LionDesk'} ${name}`,
  formatSeconds(attemptTimeoutMs),
  formatSeconds(totalTimeoutMs),
  formatSize(maxBytes),
  String(maxInFlight),
  `${maxQueued}, for ${formatSeconds(maxWaitMs)}`,
]

/** Returns the limits of each class as a table. */
export const formatNumbers = (): string => {
  const head = ['class', 'one attempt', 'whole call', 'largest body', 'concurrent calls', 'may wait']
  const connecting = `Connecting may take ${formatSeconds(connectTimeoutMs)} of an attempt.`
  return `${formatTable(head, Object.values(limits).map(formatLimits))}\n\n${connecting}`
}

/** Replaces the text between two marks of a page. */
export const withSection = (page: string, name: string, text: string): string => {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const [from, to] = [page.indexOf(start), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`the page has no section ${name}`)
  return `${page.slice(0, from)}${start}\n${text}\n${page.slice(to)}`
}
