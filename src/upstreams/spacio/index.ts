import type { Static } from 'typebox'
import type { AgentActivity, ClaimedAgent } from '#schemas/agent.ts'
import type { HostedOpenHouse, OpenHouse } from '#schemas/open-house.ts'
import type { Property } from '#schemas/property.ts'
import { neverAborted } from '#src/lib/never-aborted.ts'
import type { DriftSink } from '#src/mapping/codec.ts'
import type { ResponseMemo } from '../transport/response-memo.ts'
import type { Slices } from '../transport/slices.ts'
import type { Send } from '../transport/types.ts'
import { collectPages } from './collect-pages.ts'
import { createDecoder, type LeadRow, type ReadContext } from './decode.ts'
import { isTokenRejection } from './errors.ts'
import { createLeadReports, type LeadReport, type ReportSource, type UtcDays } from './lead-reports.ts'
import { accessTokenMapping, agentActivityMapping, claimedAgentMapping } from './mappings/agent.ts'
import { propertyLeadMapping } from './mappings/lead.ts'
import { hostedOpenHouseMapping, openHouseMapping } from './mappings/open-house.ts'
import { propertyMapping } from './mappings/property.ts'
import {
  createInvalidResponse,
  createSpacioRequester,
  type SpacioAccount,
  type SpacioRequestContext,
} from './request.ts'
import { createStreamedRequester } from './streamed-request.ts'
import { type Credentials, createTokenCache } from './token-cache.ts'
import { createPropertyTranscoding, withTranscoding } from './transcoded-leads.ts'

export type { LeadRow, ReadContext } from './decode.ts'
export { getPropertyLeadId } from './lead-ids.ts'
export type { CheckTotal, LeadReport, ReportSource, UtcDays } from './lead-reports.ts'

export interface Spacio {
  getProperty(sid: number, read: ReadContext): Promise<Static<typeof Property>>
  listProperties(ukey: string, read: ReadContext): Promise<Static<typeof Property>[]>
  listOpenHouses(sid: number, read: ReadContext): Promise<Static<typeof OpenHouse>[]>
  listPropertyLeads(sid: number, agentEmail: string, read: ReadContext): Promise<LeadRow[]>
  /** The leads of a brokerage or team within some days, as a list, a stream or single pages. */
  getLeadReport(source: ReportSource, days: UtcDays): LeadReport
  listClaimedAgents(bid: string, read: ReadContext): Promise<Static<typeof ClaimedAgent>[]>
  listAgentActivity(bid: string, days: UtcDays, read: ReadContext): Promise<Static<typeof AgentActivity>[]>
  listHostedOpenHouses(bid: string, days: UtcDays, read: ReadContext): Promise<Static<typeof HostedOpenHouse>[]>
  /** Cached for at most an hour. */
  getAgentCredentials(email: string): Promise<Credentials>
  /** Never cached. */
  issueAgentToken(email: string, signal: AbortSignal): Promise<Credentials>
  issueManagerToken(email: string, signal: AbortSignal): Promise<Credentials>
}

/** Wraps bare addresses in a record. */
export const toEmailRecord = (element: unknown): unknown => (typeof element === 'string' ? { email: element } : element)

interface SpacioOptions {
  account: SpacioAccount
  send: Send
  responseMemo: ResponseMemo
  slices?: Slices
  drift: DriftSink
  now: () => Date
}

export const createSpacio = ({ account, send, responseMemo, slices, drift, now }: SpacioOptions): Spacio => {
  const sendRequest = createSpacioRequester(account, send, now, responseMemo, slices)
  const sendStreamedRequest = createStreamedRequester(account, send, now, responseMemo, slices)
  const { decodeAll, decodeLeads } = createDecoder(drift, slices)
  const getLeadReport = createLeadReports(sendRequest, sendStreamedRequest, decodeLeads, now)

  const issueToken = async (
    method: 'getAccessToken' | 'getAccessTokenBM',
    email: string,
    context: SpacioRequestContext,
  ): Promise<Credentials> => {
    const result = await sendRequest(method, { email }, context)
    const [credentials] = await decodeAll(result, accessTokenMapping, { includeSource: false }, { email })
    return credentials as Credentials
  }

  const tokens = createTokenCache(
    (email, priority) => issueToken('getAccessToken', email, { signal: neverAborted, priority }),
    () => now().getTime(),
    isTokenRejection,
  )

  return {
    getProperty: async (sid, read) => {
      const result = await sendRequest('getProperty', { sid: String(sid) }, read)
      const [property] = await decodeAll(result, propertyMapping, read)
      if (property?.sid !== sid) throw createInvalidResponse(result.operation, { status: 200 }, 'a different property')
      return property
    },
    listProperties: async (ukey, read) =>
      decodeAll(await sendRequest('getProperties', { ukey }, read), propertyMapping, read),
    listOpenHouses: async (sid, read) =>
      decodeAll(
        await collectPages((page) => sendRequest('getOHSessions', { sid: String(sid), page: String(page) }, read), {
          concurrency: 3,
          maxPages: 200,
          createInconsistencyProblem: (operation, reason) => createInvalidResponse(operation, { status: 200 }, reason),
        }),
        openHouseMapping,
        read,
      ),
    listPropertyLeads: (sid, agentEmail, read) =>
      tokens.withToken(agentEmail, `leads ${sid}`, async (atoken) => {
        const result = await sendRequest(
          'getRegistrants',
          { sid: String(sid), atoken },
          withTranscoding(read, createPropertyTranscoding(sid)),
        )
        return decodeLeads(result, propertyLeadMapping, read, sid)
      }),
    getLeadReport,
    listClaimedAgents: async (bid, read) => {
      const result = await sendRequest('getClaimedList', { bid }, read)
      const normalizedResult = { ...result, records: result.records.map(toEmailRecord) }
      return (await decodeAll(normalizedResult, claimedAgentMapping, read)).map(
        (agent: Static<typeof ClaimedAgent>, index) =>
          agent.source ? { ...agent, source: { ...agent.source, record: result.records[index] } } : agent,
      )
    },
    listAgentActivity: async (bid, days, read) =>
      decodeAll(await sendRequest('getActivityList', { bid, ...days }, read), agentActivityMapping, read),
    listHostedOpenHouses: async (bid, days, read) =>
      decodeAll(await sendRequest('getOHSessionCounts', { bid, ...days }, read), hostedOpenHouseMapping, read),
    getAgentCredentials: tokens.getCredentials,
    issueAgentToken: (email, signal) => issueToken('getAccessToken', email, { signal }),
    issueManagerToken: (email, signal) => issueToken('getAccessTokenBM', email, { signal }),
  }
}
