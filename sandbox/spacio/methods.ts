import type { Agent, Lead, OpenHouse, Property, World } from '../world/types.ts'
import { createSpacioError, type ErrorCode } from './errors.ts'
import type { Form } from './form.ts'
import { type JsonText, toBraceList, toKeyedList, toList, toObject } from './json.ts'
import type { LeadIndex, Scope } from './lead-index.ts'
import {
  type LeadForm,
  writeActivity,
  writeHosted,
  writeProperty,
  writePropertyLead,
  writeReportLead,
  writeSession,
  writeToken,
} from './records.ts'
import type { SpacioSettings } from './settings.ts'
import type { Tokens } from './tokens.ts'
import { cutPage, readWindow, sortLeads } from './window.ts'

interface MethodParts {
  world: World
  index: LeadIndex
  tokens: Tokens
  settings(): Readonly<SpacioSettings>
}

export type Method = (form: Form) => JsonText

function requireFound<T>(found: T | undefined, code: ErrorCode): T {
  if (found === undefined) throw createSpacioError(code)
  return found
}

/** The twelve methods by version and name. */
export function createMethods({ world, index, tokens, settings }: MethodParts): Record<string, Method> {
  const find = {
    property: (sid?: string): Property =>
      requireFound(
        world.properties.find((property) => String(property.sid) === sid),
        'invalid-sid',
      ),
    agent: (email?: string): Agent =>
      requireFound(
        world.agents.find((agent) => agent.email === email?.toLowerCase()),
        'invalid-email',
      ),
    bid: (bid?: string): string => requireFound(world.brokerages.find((item) => item.bid === bid)?.bid, 'invalid-bid'),
    tid: (tid?: string): string => requireFound(world.teams.find((item) => item.tid === tid)?.tid, 'invalid-tid'),
  }
  const writeKeyedList = (items: readonly JsonText[]): JsonText => {
    if (items.length === 0 && settings().emptyKeyed === 'no-results') throw createSpacioError('no-results')
    return toKeyedList(items, 1, settings())
  }
  const writePage = <T>(items: readonly T[], page: string | undefined, write: (item: T) => JsonText): JsonText => {
    const cut = cutPage(items, page)
    return toObject({ info: toObject(cut.info), data: toList(cut.page.map(write)) })
  }
  const findLeads = (scope: Scope, form: Form): readonly Lead[] => {
    const { start, end } = readWindow(form, settings())
    return sortLeads(index.between(scope, start, end), settings())
  }
  const writeLeadPage = (scope: Scope, form: Form, shape: LeadForm): JsonText => {
    const leads = findLeads(scope, form)
    if (leads.length === 0 && settings().emptyKeyed === 'no-results') throw createSpacioError('no-results')
    return writePage(leads, form.page, (lead) => writeReportLead(lead, shape, settings()))
  }
  const findHosted = (bid: string): OpenHouse[] => {
    const emails = new Set(world.agents.filter((agent) => agent.bid === bid).map((agent) => agent.email))
    const sids = new Set(world.properties.filter(({ email }) => emails.has(email)).map(({ sid }) => sid))
    return world.openHouses.filter(({ sid }) => sids.has(sid))
  }

  return {
    'v1/getProperties': ({ ukey }) => {
      const agent = requireFound(
        world.agents.find((candidate) => candidate.ukey === ukey),
        'invalid-ukey',
      )
      const owned = world.properties.filter(({ email }) => email === agent.email)
      return writeKeyedList(owned.map((property) => writeProperty(property, settings())))
    },
    'v1/getProperty': ({ sid }) => writeProperty(find.property(sid), settings()),
    'v1/getOHSessions': ({ sid, page }) => {
      const property = find.property(sid)
      const sessions = world.openHouses.filter((session) => session.sid === property.sid)
      return writePage(sessions, page, (session) => writeSession(session, settings()))
    },
    'v1/getRegistrants': ({ sid, atoken }) => {
      const property = find.property(sid)
      const owner = tokens.findOwner(atoken)
      if (owner === null) throw createSpacioError(settings().tokenRefusal)
      if (owner !== property.email) throw createSpacioError('access-denied')
      const leads = sortLeads(index.all({ sid: property.sid }), settings())
      return writeKeyedList(leads.map((lead) => writePropertyLead(lead, settings())))
    },
    'v1/getAccessToken': (form) => {
      const agent = find.agent(form.email)
      return writeToken(agent, tokens.issue(agent.email), settings())
    },
    'v1/getAccessTokenBM': (form) => {
      const wanted = form.email?.toLowerCase()
      const { email } = requireFound(
        world.managers.find((manager) => manager.email === wanted),
        'invalid-email',
      )
      return writeToken({ email }, tokens.issue(email), settings())
    },
    'v2/getRegistrantsByBrokerage': (form) => writeLeadPage({ bid: find.bid(form.bid) }, form, 'brokerage-v2'),
    'v1/getRegistrantsByBrokerage': (form) => {
      const leads = findLeads({ bid: find.bid(form.bid) }, form)
      return writeKeyedList(leads.map((lead) => writeReportLead(lead, 'brokerage', settings())))
    },
    'v1/getRegistrantsByTeam': (form) => writeLeadPage({ tid: find.tid(form.tid) }, form, 'team'),
    'v1/getClaimedList': (form) => {
      const bid = find.bid(form.bid)
      const claimedAgents = world.agents.filter((agent) => agent.bid === bid && agent.claimed)
      return toBraceList(
        claimedAgents.map(({ email }) => email),
        settings(),
      )
    },
    'v1/getActivityList': (form) => {
      const bid = find.bid(form.bid)
      const { start, end } = readWindow(form, settings())
      const active = world.agents.filter((agent) => agent.bid === bid && agent.lastActive >= start)
      const within = active.filter(({ lastActive }) => lastActive < end)
      return writeKeyedList(within.map((agent) => writeActivity(agent, settings())))
    },
    'v1/getOHSessionCounts': (form) => {
      const sessions = findHosted(find.bid(form.bid))
      const { start, end } = readWindow(form, settings())
      const within = sessions.filter(({ startedAt }) => startedAt >= start && startedAt < end)
      return writeKeyedList(
        within.map((session) => writeHosted(session, find.property(String(session.sid)), settings())),
      )
    },
  }
}
