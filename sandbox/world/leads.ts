import { hexadecimal, type Random } from '../random.ts'
import { dayMs, hourMs, secondMs } from '../time.ts'
import { makeAnswers } from './questions.ts'
import type { Agent, Lead, Property } from './types.ts'
import { makeVisitor } from './visitors.ts'

/** Listings without visitors, for empty replies without a fault. */
const unvisitedCount = 2
const recentShare = 0.16

export const makeLeadId = (insertedAt: number, random: Random): string =>
  Math.floor(insertedAt / secondMs)
    .toString(16)
    .padStart(8, '0') + random.text(16, hexadecimal)

/** Newest first; ties are ordered by id. */
export const compareLeads = (left: Lead, right: Lead): number =>
  right.dateCreated - left.dateCreated || (left.id < right.id ? 1 : left.id > right.id ? -1 : 0)

function makeInsertionTime(random: Random, now: number): number {
  const age = random.chance(recentShare) ? random.next() * 30 * dayMs : 30 * dayMs + random.next() * 370 * dayMs
  return Math.floor((now - age) / secondMs) * secondMs
}

/** Visitors that are entered by hand have a past time, rounded to the hour. */
function makeStatedTime(random: Random, insertedAt: number): number {
  if (!random.chance(0.06)) return insertedAt
  return Math.floor((insertedAt - random.integer(0, 72) * hourMs) / hourMs) * hourMs
}

export function getLeadLocation(property: Property, agent: Agent) {
  return { sid: property.sid, plid: property.mlsNo, agentEmail: agent.email, bid: agent.bid, tid: agent.tid }
}

export function makeLeads(
  random: Random,
  count: number,
  now: number,
  properties: readonly Property[],
  findAgent: (property: Property) => Agent,
): Lead[] {
  const visited = properties.slice(0, properties.length - unvisitedCount)
  const locations = visited.map((property) => getLeadLocation(property, findAgent(property)))
  const leads: Lead[] = []
  for (let number = 1; number <= count; number++) {
    const insertedAt = makeInsertionTime(random, now)
    const id = makeLeadId(insertedAt, random)
    const previous = leads.at(-1)
    if (previous !== undefined && random.chance(0.004)) {
      // The same visitor signed in twice; only the id differs.
      leads.push({ ...previous, id: makeLeadId(previous.insertedAt, random) })
      continue
    }
    const location = random.pick(locations)
    const visitor = makeVisitor(random, number)
    leads.push({
      id,
      ...location,
      ...visitor,
      answers: makeAnswers(random, visitor),
      dateCreated: makeStatedTime(random, insertedAt),
      insertedAt,
    })
  }
  return leads.sort(compareLeads)
}
