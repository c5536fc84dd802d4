import { createRandom } from '../random.ts'
import { makeContacts, makeEventRecords } from './crm.ts'
import { events, makeEventProperties, users } from './events.ts'
import { makeLeads } from './leads.ts'
import { countVisitors, makeOpenHouses } from './open-houses.ts'
import { brokerages, makeAgents, managers, teams } from './organisation.ts'
import { makeProperties } from './properties.ts'
import type { Agent, Property, World, WorldOptions } from './types.ts'

/** The same seed and time create identical data. */
export function buildWorld({ seed, now, leads: leadCount }: WorldOptions): World {
  const createStream = (label: string) => createRandom(seed, label)
  const agents = makeAgents(createStream('agents'), now)
  const byEmail = new Map(agents.map((agent) => [agent.email, agent]))
  const findAgent = (property: Property): Agent => {
    const agent = byEmail.get(property.email)
    if (agent === undefined) throw new Error(`Property ${property.sid} has no agent`)
    return agent
  }
  const properties = makeProperties(createStream('properties'), agents)
  const leads = makeLeads(createStream('leads'), leadCount, now, properties, findAgent)
  const openHouses = countVisitors(makeOpenHouses(createStream('open-houses'), properties, now), leads)
  const eventProperties = makeEventProperties(createStream('event-properties'), now)
  const crm = { contacts: makeContacts(events, now), eventRecords: makeEventRecords(events, now), eventProperties }
  return { brokerages, teams, agents, managers, properties, openHouses, leads, users, events, ...crm }
}
