import type { Agent, Lead, OpenHouse, Property, World } from '../world/types.ts'
import { type ErrorCode, refusal } from './errors.ts'
import type { Form } from './form.ts'
import { type Written, writeBraces, writeKeyed, writeList, writeObject } from './json.ts'
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
import { cutPage, inOrder, readWindow } from './window.ts'

interface Parts {
  world: World
  index: LeadIndex
  tokens: Tokens
  settings(): Readonly<SpacioSettings>
}

export type Method = (form: Form) => Written

function required<T>(found: T | undefined, code: ErrorCode): T {
  if (found === undefined) throw refusal(code)
  return found
}

/** The twelve methods, keyed by version and name. */
export function createMethods({ world, index, tokens, settings }: Parts): Record<string, Method> {
  const find = {
    property: (sid?: string): Property =>
      required(
        world.properties.find((property) => String(property.sid) === sid),
        'invalid-sid',
      ),
    agent: (email?: string): Agent =>
      required(
        world.agents.find((agent) => agent.email === email?.toLowerCase()),
        'invalid-email',
      ),
    bid: (bid?: string): string => required(world.brokerages.find((item) => item.bid === bid)?.bid, 'invalid-bid'),
    tid: (tid?: string): string => required(world.teams.find((item) => item.tid === tid)?.tid, 'invalid-tid'),
  }
  const keyed = (items: readonly Written[]): Written => {
    if (items.length === 0 && settings().emptyKeyed === 'no-results') throw refusal('no-results')
    return writeKeyed(items, 1, settings())
  }
  const paged = <T>(items: readonly T[], page: string | undefined, write: (item: T) => Written): Written => {
    const cut = cutPage(items, page)
    return writeObject({ info: writeObject(cut.info), data: writeList(cut.page.map(write)) })
  }
  const leadsIn = (scope: Scope, form: Form): readonly Lead[] => {
    const { start, end } = readWindow(form, settings())
    return inOrder(index.between(scope, start, end), settings())
  }
  const pagedLeads = (scope: Scope, form: Form, shape: LeadForm): Written => {
    const leads = leadsIn(scope, form)
    if (leads.length === 0 && settings().emptyKeyed === 'no-results') throw refusal('no-results')
    return paged(leads, form.page, (lead) => writeReportLead(lead, shape, settings()))
  }
  const hostedBy = (bid: string): OpenHouse[] => {
    const emails = new Set(world.agents.filter((agent) => agent.bid === bid).map((agent) => agent.email))
    const sids = new Set(world.properties.filter(({ email }) => emails.has(email)).map(({ sid }) => sid))
    return world.openHouses.filter(({ sid }) => sids.has(sid))
  }

  return {
    'v1/getProperties': ({ ukey }) => {
      const agent = required(
        world.agents.find((candidate) => candidate.ukey === ukey),
        'invalid-ukey',
      )
      const owned = world.properties.filter(({ email }) => email === agent.email)
      return keyed(owned.map((property) => writeProperty(property, settings())))
    },
    'v1/getProperty': ({ sid }) => writeProperty(find.property(sid), settings()),
    'v1/getOHSessions': ({ sid, page }) => {
      const property = find.property(sid)
      const sessions = world.openHouses.filter((session) => session.sid === property.sid)
      return paged(sessions, page, (session) => writeSession(session, settings()))
    },
    'v1/getRegistrants': ({ sid, atoken }) => {
      const property = find.property(sid)
      const owner = tokens.ownerOf(atoken)
      if (owner === null) throw refusal(settings().tokenRefusal)
      if (owner !== property.email) throw refusal('access-denied')
      const leads = inOrder(index.all({ sid: property.sid }), settings())
      return keyed(leads.map((lead) => writePropertyLead(lead, settings())))
    },
    'v1/getAccessToken': (form) => {
      const agent = find.agent(form.email)
      return writeToken(agent, tokens.issue(agent.email), settings())
    },
    'v1/getAccessTokenBM': (form) => {
      const wanted = form.email?.toLowerCase()
      const { email } = required(
        world.managers.find((manager) => manager.email === wanted),
        'invalid-email',
      )
      return writeToken({ email }, tokens.issue(email), settings())
    },
    'v2/getRegistrantsByBrokerage': (form) => pagedLeads({ bid: find.bid(form.bid) }, form, 'brokerage-v2'),
    'v1/getRegistrantsByBrokerage': (form) => {
      const leads = leadsIn({ bid: find.bid(form.bid) }, form)
      return keyed(leads.map((lead) => writeReportLead(lead, 'brokerage', settings())))
    },
    'v1/getRegistrantsByTeam': (form) => pagedLeads({ tid: find.tid(form.tid) }, form, 'team'),
    'v1/getClaimedList': (form) => {
      const bid = find.bid(form.bid)
      const claimed = world.agents.filter((agent) => agent.bid === bid && agent.claimed)
      return writeBraces(
        claimed.map(({ email }) => email),
        settings(),
      )
    },
    'v1/getActivityList': (form) => {
      const bid = find.bid(form.bid)
      const { start, end } = readWindow(form, settings())
      const active = world.agents.filter((agent) => agent.bid === bid && agent.lastActive >= start)
      const within = active.filter(({ lastActive }) => lastActive < end)
      return keyed(within.map((agent) => writeActivity(agent, settings())))
    },
    'v1/getOHSessionCounts': (form) => {
      const sessions = hostedBy(find.bid(form.bid))
      const { start, end } = readWindow(form, settings())
      const within = sessions.filter(({ startedAt }) => startedAt >= start && startedAt < end)
      return keyed(within.map((session) => writeHosted(session, find.property(String(session.sid)), settings())))
    },
  }
}
