import { connectMs, limits } from '#src/upstreams/transport/limits.ts'
import type { CallLimits } from '#src/upstreams/transport/types.ts'
import type { Seen } from './gateway.ts'
import { operations } from './operations.ts'

const rowOf = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

export const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [rowOf(head), rowOf(head.map(() => '---')), ...rows.map(rowOf)].join('\n')

const cellOf = ({ status, code, isUnknown, calls }: Seen): string => {
  const name = code === null ? '' : ` ${code.replace('upstream-', '')}`
  return `${status}${name}, ${calls}${isUnknown ? ', unknown' : ''}`
}

/** What was seen of each fault, an operation a column. */
export const matrixOf = (seen: ReadonlyMap<string, readonly Seen[]>): string =>
  tableOf(
    ['', ...operations.map(({ title }) => title)],
    [...seen].map(([fault, cells]) => [fault, ...cells.map(cellOf)]),
  )

const seconds = (milliseconds: number): string => `${milliseconds / 1000} s`

const sizeOf = (bytes: number): string => (bytes < 1024 * 1024 ? `${bytes / 1024} KiB` : `${bytes / 1024 / 1024} MiB`)

const numbersIn = ({ system, name, attemptMs, totalMs, maxBytes, inFlight, queue, maxWaitMs }: CallLimits) => [
  `${system === 'spacio' ? 'Spacio' : 'LionDesk'} ${name}`,
  seconds(attemptMs),
  seconds(totalMs),
  sizeOf(maxBytes),
  String(inFlight),
  `${queue}, for ${seconds(maxWaitMs)}`,
]

/** The limits of each class. */
export const numbers = (): string => {
  const head = ['class', 'one attempt', 'whole call', 'largest body', 'under way', 'may wait']
  const connecting = `Of an attempt, connecting takes ${seconds(connectMs)} at most.`
  return `${tableOf(head, Object.values(limits).map(numbersIn))}\n\n${connecting}`
}

/** A page with what stands between two marks put anew. */
export const withSection = (page: string, name: string, text: string): string => {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const [from, to] = [page.indexOf(start), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`the page has no section ${name}`)
  return `${page.slice(0, from)}${start}\n${text}\n${page.slice(to)}`
}
