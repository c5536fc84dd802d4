import { isUtf8 } from 'node:buffer'
import { isRecord } from '#src/mapping/define.ts'
import { parseWire } from '#src/mapping/wire-json.ts'
import { type Member, membersAt, skipBlanks } from './elements.ts'
import type { Shape } from './operations.ts'
import { type Records, recordsIn } from './records.ts'

/**
 * The records of a sound list, read one by one. Null: anything else, an error among it; whoever reads the body as a
 * whole, and tolerantly, finds out what it is. Where it gives records, they are the same.
 */
export const quickRecordsIn = (body: Buffer, shape: Shape): Records | null => {
  if ((shape !== 'keyed' && shape !== 'paged') || !isUtf8(body)) return null
  const list = membersAt(body, skipBlanks(body, 0))
  if (!list || skipBlanks(body, list.end) !== body.length) return null
  try {
    return shape === 'keyed' ? keyed(body, list.members) : paged(body, list.members)
  } catch {
    return null
  }
}

const keyed = (body: Buffer, members: readonly Member[]): Records | null => {
  const records = elementsOf(body, members)
  return records && { records, info: null }
}

const paged = (body: Buffer, members: readonly Member[]): Records | null => {
  const [info, data] = ['info', 'data'].map((name) => members.find(({ key }) => key === name))
  if (members.length !== 2 || !info || !data) return null
  const list = membersAt(body, data.from)
  const records = list && elementsOf(body, list.members)
  return records && recordsIn({ info: readValue(body, info), data: records }, 'paged')
}

/** Null: an element is no record, or the keys are no positions in ascending order. */
const elementsOf = (body: Buffer, members: readonly Member[]): Record<string, unknown>[] | null => {
  const records: Record<string, unknown>[] = []
  let last = -1
  for (const member of members) {
    const record = readValue(body, member)
    if (!isRecord(record)) return null
    records.push(record)
    if (member.key === null) continue
    const position = positionOf(member.key)
    if (position <= last) return null
    last = position
  }
  return records
}

const positionOf = (key: string): number => (/^\d{1,9}$/.test(key) ? Number(key) : -1)

/** Throws where it is no JSON. */
const readValue = (body: Buffer, { from, to }: Member): unknown => parseWire(body.toString('utf8', from, to))
