import { hash } from 'node:crypto'
import { Problem } from '#src/problems.ts'
import type { QueryParams } from './tool.ts'

/**
 * Returns a digest of the arguments that a cursor belongs to. The digest detects arguments that changed between two
 * pages. A cursor grants no access, so it needs no signature.
 */
const computeDigest = (tool: string, query: QueryParams): string => {
  const entries = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return hash('sha256', JSON.stringify([tool, entries]), 'base64url').slice(0, 12)
}

export const encodeCursor = (tool: string, query: QueryParams, offset: number): string =>
  Buffer.from(`${offset}.${computeDigest(tool, query)}`).toString('base64url')

const maxOffset = 1_000_000

export const decodeCursor = (tool: string, query: QueryParams, cursor: string | undefined): number => {
  if (cursor === undefined) return 0
  const [, offset, digest] = /^(\d{1,7})\.([\w-]{12})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (offset === undefined || Number(offset) > maxOffset) throw createCursorProblem('is not a cursor of this tool')
  if (digest !== computeDigest(tool, query))
    throw createCursorProblem('belongs to other arguments: continue with the same arguments, or start without a cursor')
  return Number(offset)
}

const createCursorProblem = (message: string): Problem =>
  new Problem('invalid-request', { detail: `cursor ${message}.`, errors: [{ path: 'cursor', message }] })
