/** Every operation of both upstreams that reads, and how the gateway asks it. */
import { Problem } from '#src/problems.ts'
import type { LeadReport } from '#src/upstreams/index.ts'
import type { Clients } from './clients.ts'
import type { IdName, Options } from './options.ts'

/** Cannot be asked, for want of something. */
export class Skipped extends Error {
  override readonly name = 'Skipped'
}

/** What a check needs, and what earlier ones found out. */
export interface Visit {
  readonly clients: Clients
  readonly days: Options['days']
  readonly id: (name: IdName) => string
  readonly idIfGiven: (name: IdName) => string | undefined
  readonly known: { ukey?: string | null; token?: string; listAgentEmail?: string | null; recordId?: string | null }
}

export interface Check {
  readonly system: 'spacio' | 'liondesk'
  readonly operation: string
  readonly needs: readonly IdName[]
  /** The mapping table whose fields the records should carry; without it records cannot be held against one. */
  readonly mapping?: string
  /** Wire fields that the vendor's own samples lack. */
  readonly mayLack?: readonly string[]
  ask(visit: Visit): Promise<readonly unknown[]>
}

const signal = new AbortController().signal
const read = { signal, includeSource: true }

/** More of them are the gateway's business, but not a check's. */
const mostLeads = 2_000

const admit = (count: number): void => {
  if (count > mostLeads) throw new Problem('window-too-large', { cause: new Error('choose fewer days') })
}

const collect = (report: LeadReport) => report.collect(read, admit)

const spacio = (operation: string, needs: readonly IdName[], ask: Check['ask'], more: Partial<Check> = {}): Check => ({
  ...{ system: 'spacio', operation, needs, ask },
  ...more,
})

const orSkip = <T>(value: T | null | undefined, reason: string): T => {
  if (value === null || value === undefined) throw new Skipped(reason)
  return value
}

const spacioChecks: readonly Check[] = [
  spacio('getAccessToken', ['agent'], async ({ clients, id, known }) => {
    const credentials = await clients.spacio.issueAgentToken(id('agent'), signal)
    Object.assign(known, { ukey: credentials.ukey, token: credentials.accessToken })
    return [credentials]
  }),
  spacio('getAccessTokenBM', ['manager'], async ({ clients, id }) => [
    await clients.spacio.issueManagerToken(id('manager'), signal),
  ]),
  spacio(
    'getProperties',
    ['agent'],
    async ({ clients, known }) => clients.spacio.propertiesOf(orSkip(known.ukey, 'getAccessToken gave no ukey'), read),
    { mapping: 'spacio.property' },
  ),
  spacio(
    'getProperty',
    ['sid'],
    async ({ clients, id, known }) => {
      const property = await clients.spacio.property(Number(id('sid')), read)
      known.listAgentEmail = property.listAgentEmail
      return [property]
    },
    { mapping: 'spacio.property' },
  ),
  spacio('getOHSessions', ['sid'], ({ clients, id }) => clients.spacio.openHouses(Number(id('sid')), read), {
    mapping: 'spacio.openHouse',
  }),
  spacio(
    'getRegistrants',
    ['sid'],
    async ({ clients, id, idIfGiven, known }) => {
      const agent = orSkip(known.listAgentEmail ?? idIfGiven('agent'), "the property's agent is not known: add --agent")
      return clients.spacio.propertyLeads(Number(id('sid')), agent, read)
    },
    { mapping: 'spacio.propertyLead', mayLack: ['isBroker'] },
  ),
  spacio(
    'getRegistrantsByBrokerage v2',
    ['brokerage'],
    ({ clients, id, days }) => collect(clients.spacio.leadReport({ kind: 'brokerage', id: id('brokerage') }, days)),
    { mapping: 'spacio.brokerageLead', mayLack: ['note'] },
  ),
  spacio(
    'getRegistrantsByBrokerage v1',
    ['brokerage'],
    ({ clients, id, days }) => collect(clients.spacioV1.leadReport({ kind: 'brokerage', id: id('brokerage') }, days)),
    { mapping: 'spacio.brokerageLead', mayLack: ['note'] },
  ),
  spacio('getClaimedList', ['brokerage'], ({ clients, id }) => clients.spacio.claimedAgents(id('brokerage'), read)),
  spacio(
    'getActivityList',
    ['brokerage'],
    ({ clients, id, days }) => clients.spacio.activity(id('brokerage'), days, read),
    { mapping: 'spacio.agentActivity' },
  ),
  spacio(
    'getOHSessionCounts',
    ['brokerage'],
    ({ clients, id, days }) => clients.spacio.hostedOpenHouses(id('brokerage'), days, read),
    { mapping: 'spacio.hostedOpenHouse' },
  ),
  spacio(
    'getRegistrantsByTeam',
    ['team'],
    ({ clients, id, days }) => collect(clients.spacio.leadReport({ kind: 'team', id: id('team') }, days)),
    { mapping: 'spacio.teamLead', mayLack: ['note'] },
  ),
]

/** More than the vendor's page grants, so that its own maximum shows. */
const manyRecords = { conditions: [], sort: [], limit: 200, skip: 0 }

const eventProperty = {
  system: 'liondesk',
  needs: ['event'],
  mapping: 'liondesk.eventProperty',
  mayLack: ['id', 'created_at'],
} as const

const liondeskChecks: readonly Check[] = [
  { system: 'liondesk', operation: 'me', needs: [], ask: async ({ clients }) => [await clients.me()] },
  {
    ...eventProperty,
    operation: 'find',
    ask: async ({ clients, id, known }) => {
      const { data } = await clients.liondesk.find(id('event'), manyRecords, read)
      known.recordId = data[0]?.id ?? null
      return data
    },
  },
  {
    ...eventProperty,
    operation: 'get',
    ask: async ({ clients, id, known }) => {
      const recordId = orSkip(known.recordId, 'find gave no record with an id')
      return [await clients.liondesk.get(id('event'), recordId, read)]
    },
  },
]

export const checks: readonly Check[] = [...spacioChecks, ...liondeskChecks]
