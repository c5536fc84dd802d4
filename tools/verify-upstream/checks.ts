/** Every operation of both upstreams that reads, and how the gateway asks it. */
import { Problem } from '#src/problems.ts'
import type { LeadReport } from '#src/upstreams/index.ts'
import { type Check, orSkip, read } from './check.ts'
import { liondeskChecks } from './checks-liondesk.ts'
import type { IdName } from './options.ts'

const { signal } = read

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

export const checks: readonly Check[] = [...spacioChecks, ...liondeskChecks]
