import { hexadecimal, type Random } from '../random.ts'
import { day, minute, second } from '../time.ts'
import type { Lead, OpenHouse, Property } from './types.ts'

const total = 400
/** One listing has more than a page of 100 sessions. */
const crowded = { sid: 10103, sessions: 120 }

export function makeOpenHouses(random: Random, properties: readonly Property[], now: number): OpenHouse[] {
  const hosted = properties.slice(0, -1)
  const prefixes = new Map(properties.map(({ sid }) => [sid, random.text(24, hexadecimal)]))
  const sessions = Array.from({ length: total }, (_, index) => {
    const sid = index < crowded.sessions ? crowded.sid : random.pick(hosted).sid
    const epoch = now - Math.floor(random.next() * 400 * day) - 3 * day
    const length = random.integer(60, 60 * 46) * minute + random.integer(0, 59) * second
    const startedAt = Math.floor(epoch / second) * second
    return { sessionID: `${prefixes.get(sid)}_${epoch}`, sid, startedAt, endedAt: startedAt + length, leadsCount: 0 }
  })
  return sessions.sort((left, right) => left.startedAt - right.startedAt)
}

export function countVisitors(sessions: readonly OpenHouse[], leads: readonly Lead[]): OpenHouse[] {
  const byProperty = Map.groupBy(leads, (lead) => lead.sid)
  return sessions.map((session) => {
    const during = (lead: Lead) => lead.dateCreated >= session.startedAt && lead.dateCreated <= session.endedAt
    return { ...session, leadsCount: byProperty.get(session.sid)?.filter(during).length ?? 0 }
  })
}
