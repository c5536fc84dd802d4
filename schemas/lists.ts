import { AgentActivity, ClaimedAgent } from './agent.ts'
import { Contact } from './contact.ts'
import { CrmEvent } from './crm-event.ts'
import { EventProperty } from './event-property.ts'
import { Lead } from './lead.ts'
import { createListSchema } from './list.ts'
import { HostedOpenHouse, OpenHouse } from './open-house.ts'
import { Property } from './property.ts'

export const PropertyList = createListSchema(Property, 'Properties.')
export const OpenHouseList = createListSchema(OpenHouse, 'Open houses, newest first.')
export const HostedOpenHouseList = createListSchema(HostedOpenHouse, 'Hosted open houses, newest first.')
export const LeadList = createListSchema(Lead, 'Leads, newest first.')
export const ClaimedAgentList = createListSchema(ClaimedAgent, 'Agents.')
export const AgentActivityList = createListSchema(AgentActivity, 'Activities, newest first.')
export const EventPropertyList = createListSchema(EventProperty, 'Event properties.')
export const CrmEventList = createListSchema(CrmEvent, 'Events.')
export const ContactList = createListSchema(Contact, 'Contacts.')
