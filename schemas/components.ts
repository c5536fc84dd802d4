/** Every component of the OpenAPI document, in its order. */
import type { TSchema } from 'typebox'
import { AccessToken, AgentActivity, ClaimedAgent } from './agent.ts'
import { CompletedConnection, Connection, Connections, NewConnection, StartedConnection } from './connection.ts'
import { Contact } from './contact.ts'
import { CrmEvent } from './crm-event.ts'
import { EventProperty, EventPropertyPatch, NewEventProperty } from './event-property.ts'
import { FeedTicket, LeadFeed, NewFeedTicket } from './feed.ts'
import { AnswerChoice, AutoEmail, Lead, LeadAnswer } from './lead.ts'
import { Pagination } from './list.ts'
import * as lists from './lists.ts'
import { CallerConnection, CallerGrants, CallerRateLimit, Me } from './me.ts'
import * as meta from './meta.ts'
import { HostedOpenHouse, OpenHouse } from './open-house.ts'
import { Problem, ProblemField, ProblemKind, ProblemUpstream } from './problem.ts'
import { Property } from './property.ts'
import { Source } from './source.ts'

/** Sorted, because the order of a module's exports depends on how it was loaded. */
const sortByName = (module: Record<string, unknown>): TSchema[] =>
  Object.keys(module)
    .sort()
    .map((name) => module[name] as TSchema)

export const components: readonly TSchema[] = [
  Property,
  OpenHouse,
  HostedOpenHouse,
  Lead,
  LeadAnswer,
  AnswerChoice,
  AutoEmail,
  LeadFeed,
  NewFeedTicket,
  FeedTicket,
  ClaimedAgent,
  AgentActivity,
  AccessToken,
  Contact,
  CrmEvent,
  EventProperty,
  NewEventProperty,
  EventPropertyPatch,
  Connection,
  Connections,
  NewConnection,
  StartedConnection,
  CompletedConnection,
  Me,
  CallerGrants,
  CallerConnection,
  CallerRateLimit,
  Source,
  Pagination,
  ...sortByName(lists),
  Problem,
  ProblemField,
  ProblemUpstream,
  ProblemKind,
  ...sortByName(meta),
]
