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

/** What was seen of each fault, an operation a column. */
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

/** The limits of each class. */
export const formatNumbers = (): string => {
  const head = ['class', 'one attempt', 'whole call', 'largest body', 'under way', 'may wait']
  const connecting = `Of an attempt, connecting takes ${formatSeconds(connectTimeoutMs)} at most.`
  return `${formatTable(head, Object.values(limits).map(formatLimits))}\n\n${connecting}`
}

/** A page with what stands between two marks put anew. */
export const withSection = (page: string, name: string, text: string): string => {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const [from, to] = [page.indexOf(start), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`the page has no section ${name}`)
  return `${page.slice(0, from)}${start}\n${text}\n${page.slice(to)}`
}
