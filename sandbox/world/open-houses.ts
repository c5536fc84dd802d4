import { hexadecimal, type Random } from '../random.ts'
import { dayMs, minuteMs, secondMs } from '../time.ts'
import type { Lead, OpenHouse, Property } from './types.ts'

const sessionCount = 400
/** A listing with more sessions than a page of 100. */
const crowdedProperty = { sid: 10103, sessions: 120 }

export function makeOpenHouses(random: Random, properties: readonly Property[], now: number): OpenHouse[] {
  const hosted = properties.slice(0, -1)
  const prefixes = new Map(properties.map(({ sid }) => [sid, random.text(24, hexadecimal)]))
  const sessions = Array.from({ length: sessionCount }, (_, index) => {
    const sid = index < crowdedProperty.sessions ? crowdedProperty.sid : random.pick(hosted).sid
    const epoch = now - Math.floor(random.next() * 400 * dayMs) - 3 * dayMs
    const length = random.integer(60, 60 * 46) * minuteMs + random.integer(0, 59) * secondMs
    const startedAt = Math.floor(epoch / secondMs) * secondMs
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
