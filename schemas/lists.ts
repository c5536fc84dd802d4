import { AgentActivity, ClaimedAgent } from './agent.ts'
import { EventProperty } from './event-property.ts'
import { Lead } from './lead.ts'
import { listOf } from './list.ts'
import { HostedOpenHouse, OpenHouse } from './open-house.ts'
import { Property } from './property.ts'

export const PropertyList = listOf(Property, 'Properties.')
export const OpenHouseList = listOf(OpenHouse, 'Open houses, newest first.')
export const HostedOpenHouseList = listOf(HostedOpenHouse, 'Hosted open houses, newest first.')
export const LeadList = listOf(Lead, 'Leads, newest first.')
export const ClaimedAgentList = listOf(ClaimedAgent, 'Agents.')
export const AgentActivityList = listOf(AgentActivity, 'Activities, newest first.')
export const EventPropertyList = listOf(EventProperty, 'Event properties.')
