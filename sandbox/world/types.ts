export interface Brokerage {
  bid: string
  name: string
}

export interface Team {
  tid: string
  bid: string
  name: string
}

export interface Agent {
  email: string
  ukey: string
  bid: string
  tid: string
  claimed: boolean
  /** Milliseconds since 1970. */
  lastActive: number
}

export interface Manager {
  email: string
  bid: string
}

export interface Property {
  sid: number
  title: string
  price: string
  beds: number
  baths: number
  dimens: number
  type: string
  email: string
  addr1: string
  addr2: string
  url: string
  mlsNo: string
  image: string
  city: string
  state: string
  zip: string
}

export interface OpenHouse {
  sessionID: string
  sid: number
  startedAt: number
  endedAt: number
  leadsCount: number
}

interface Choice {
  answer: string
  answerCN: string
  type: 'radio' | 'checkbox'
}

export interface Question {
  questionID: string
  question: string
  questionCN: string
  type: 'agent' | 'yn' | 'mc' | 'text'
  caption?: string
  choices?: readonly Choice[]
}

export interface Answer {
  question: Question
  answer: string
}

export interface AutoEmailStatus {
  sentToVisitor: boolean
  sentToVisitorRepresentation: boolean
  opened: boolean
  details: string
}

export type Stance = 'YES' | 'NO' | 'UNKNOWN'

export interface Lead {
  id: string
  sid: number
  plid: string
  agentEmail: string
  bid: string
  tid: string
  name: string
  email: string
  phone: string
  hasAgent: Stance
  hasFinancing: Stance
  isBroker: Stance
  answers: readonly Answer[]
  note: string
  autoEmailStatus: AutoEmailStatus
  /** The creation time that the lead states, in milliseconds. It may precede the insertion. */
  dateCreated: number
  insertedAt: number
}

export interface LionDeskUser {
  id: string
  first_name: string
  last_name: string
  email: string
}

export interface LionDeskEvent {
  id: string
  contactId: string
  source: string
  ownerId: string
  /** Users who do not own the contact can read it. */
  shared: boolean
}

/** As LionDesk sends it: every value is a string or null. */
export type EventProperty = { id: string; api_event_id: string; contact_id: string } & Record<string, string | null>

/** A contact or an event as LionDesk sends it. */
export type CrmRecord = { id: string | number } & Record<string, string | number | null>

export interface World {
  brokerages: readonly Brokerage[]
  teams: readonly Team[]
  agents: readonly Agent[]
  managers: readonly Manager[]
  properties: readonly Property[]
  openHouses: readonly OpenHouse[]
  /** Newest first by dateCreated, then by id. The list includes added leads and excludes removed ones. */
  leads: Lead[]
  users: readonly LionDeskUser[]
  events: readonly LionDeskEvent[]
  contacts: readonly CrmRecord[]
  /** The same events, as LionDesk sends them. */
  eventRecords: readonly CrmRecord[]
  /** The seeded records. `control.liondesk.records()` returns the current ones. */
  eventProperties: readonly EventProperty[]
}

export interface WorldOptions {
  seed: number
  now: number
  leads: number
}
