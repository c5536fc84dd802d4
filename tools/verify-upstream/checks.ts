/** Checks of all upstream operations that read. */
import { Problem } from '#src/problems.ts'
import type { LeadReport } from '#src/upstreams/index.ts'
import { type Check, orSkip, readOptions } from './check.ts'
import { liondeskChecks } from './checks-liondesk.ts'
import type { IdName } from './options.ts'

const { signal } = readOptions

/** A check does not need more leads. */
const maxLeads = 2_000

const countLead = (count: number): void => {
  if (count > maxLeads) throw new Problem('window-too-large', { cause: new Error('choose fewer days') })
}

const collectReport = (report: LeadReport) => report.collect(readOptions, countLead)

const createSpacioCheck = (
  operation: string,
  needs: readonly IdName[],
  run: Check['run'],
  more: Partial<Check> = {},
): Check => ({
  ...{ system: 'spacio', operation, needs, run },
  ...more,
})

const spacioChecks: readonly Check[] = [
  createSpacioCheck('getAccessToken', ['agent'], async ({ clients, requireId, findings }) => {
    const credentials = await clients.spacio.issueAgentToken(requireId('agent'), signal)
    Object.assign(findings, { ukey: credentials.ukey, token: credentials.accessToken })
    return [credentials]
  }),
  createSpacioCheck('getAccessTokenBM', ['manager'], async ({ clients, requireId }) => [
    await clients.spacio.issueManagerToken(requireId('manager'), signal),
  ]),
  createSpacioCheck(
    'getProperties',
    ['agent'],
    async ({ clients, findings }) =>
      clients.spacio.listProperties(orSkip(findings.ukey, 'getAccessToken gave no ukey'), readOptions),
    { mapping: 'spacio.property' },
  ),
  createSpacioCheck(
    'getProperty',
    ['sid'],
    async ({ clients, requireId, findings }) => {
      const property = await clients.spacio.getProperty(Number(requireId('sid')), readOptions)
      findings.listAgentEmail = property.listAgentEmail
      return [property]
    },
    { mapping: 'spacio.property' },
  ),
  createSpacioCheck(
    'getOHSessions',
    ['sid'],
    ({ clients, requireId }) => clients.spacio.listOpenHouses(Number(requireId('sid')), readOptions),
    {
      mapping: 'spacio.openHouse',
    },
  ),
  createSpacioCheck(
    'getRegistrants',
    ['sid'],
    async ({ clients, requireId, findId, findings }) => {
      const agent = orSkip(findings.listAgentEmail ?? findId('agent'), "the property's agent is not known: add --agent")
      return clients.spacio.listPropertyLeads(Number(requireId('sid')), agent, readOptions)
    },
    { mapping: 'spacio.propertyLead', mayLack: ['isBroker'] },
  ),
  createSpacioCheck(
    'getRegistrantsByBrokerage v2',
    ['brokerage'],
    ({ clients, requireId, days }) =>
      collectReport(clients.spacio.getLeadReport({ kind: 'brokerage', id: requireId('brokerage') }, days)),
    { mapping: 'spacio.brokerageLead', mayLack: ['note'] },
  ),
  createSpacioCheck(
    'getRegistrantsByBrokerage v1',
    ['brokerage'],
    ({ clients, requireId, days }) =>
      collectReport(clients.spacioV1.getLeadReport({ kind: 'brokerage', id: requireId('brokerage') }, days)),
    { mapping: 'spacio.brokerageLead', mayLack: ['note'] },
  ),
  createSpacioCheck('getClaimedList', ['brokerage'], ({ clients, requireId }) =>
    clients.spacio.listClaimedAgents(requireId('brokerage'), readOptions),
  ),
  createSpacioCheck(
    'getActivityList',
    ['brokerage'],
    ({ clients, requireId, days }) => clients.spacio.listAgentActivity(requireId('brokerage'), days, readOptions),
    { mapping: 'spacio.agentActivity' },
  ),
  createSpacioCheck(
    'getOHSessionCounts',
    ['brokerage'],
    ({ clients, requireId, days }) => clients.spacio.listHostedOpenHouses(requireId('brokerage'), days, readOptions),
    { mapping: 'spacio.hostedOpenHouse' },
  ),
  createSpacioCheck(
    'getRegistrantsByTeam',
    ['team'],
    ({ clients, requireId, days }) =>
      collectReport(clients.spacio.getLeadReport({ kind: 'team', id: requireId('team') }, days)),
    { mapping: 'spacio.teamLead', mayLack: ['note'] },
  ),
]

export const checks: readonly Check[] = [...spacioChecks, ...liondeskChecks]
