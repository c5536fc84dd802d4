import type { Tool } from '../tool.ts'
import { listBrokerageAgents, listBrokerageOpenHouses } from './brokerages.ts'
import { showMyAccess } from './caller.ts'
import { findContacts, listContactEvents } from './contacts.ts'
import { listEventProperties } from './events.ts'
import { listAgentListings, showListing } from './listings.ts'
import { readNewVisitors } from './new-visitors.ts'
import { explainProblem } from './problems.ts'
import { findLead, listPropertyVisitors, listVisitors } from './visitors.ts'

/** All tools, in the order in which the server lists them. */
export const tools: readonly Tool[] = [
  listVisitors,
  listPropertyVisitors,
  findLead,
  readNewVisitors,
  showListing,
  listAgentListings,
  listBrokerageAgents,
  listBrokerageOpenHouses,
  findContacts,
  listContactEvents,
  listEventProperties,
  showMyAccess,
  explainProblem,
]
