import type { Static } from 'typebox'
import type { AgentActivity, ClaimedAgent } from '#schemas/agent.ts'
import type { HostedOpenHouse, OpenHouse } from '#schemas/open-house.ts'
import type { Property } from '#schemas/property.ts'
import type { DriftSink } from '#src/mapping/codec.ts'
import type { SameBytes } from '../transport/response-memo.ts'
import type { Slices } from '../transport/slices.ts'
import type { Send } from '../transport/types.ts'
import { type Credentials, createAccessTokens } from './access-tokens.ts'
import { collectPages } from './collect-pages.ts'
import { createDecoder, type LeadRow, type ReadContext } from './decode.ts'
import { isTokenRefusal } from './errors.ts'
import { createLeadReports, type LeadReport, type ReportSource, type UtcDays } from './lead-reports.ts'
import { accessTokenMapping, agentActivityMapping, claimedAgentMapping } from './mappings/agent.ts'
import { propertyLeadMapping } from './mappings/lead.ts'
import { hostedOpenHouseMapping, openHouseMapping } from './mappings/open-house.ts'
import { propertyMapping } from './mappings/property.ts'
import { type AskContext, createAsk, type SpacioAccount, unusable } from './request.ts'
import { createAskInParts } from './streamed-request.ts'
import { readPropertyRows, withRows } from './transcoded-leads.ts'

export type { LeadRow, ReadContext } from './decode.ts'
export type { Admit, LeadReport, ReportSource, UtcDays } from './lead-reports.ts'

export interface Spacio {
  property(sid: number, read: ReadContext): Promise<Static<typeof Property>>
  propertiesOf(ukey: string, read: ReadContext): Promise<Static<typeof Property>[]>
  openHouses(sid: number, read: ReadContext): Promise<Static<typeof OpenHouse>[]>
  propertyLeads(sid: number, agentEmail: string, read: ReadContext): Promise<LeadRow[]>
  /** The leads of a brokerage or a team within some days, to be read as a whole, as a stream or by the page. */
  leadReport(source: ReportSource, days: UtcDays): LeadReport
  claimedAgents(bid: string, read: ReadContext): Promise<Static<typeof ClaimedAgent>[]>
  activity(bid: string, days: UtcDays, read: ReadContext): Promise<Static<typeof AgentActivity>[]>
  hostedOpenHouses(bid: string, days: UtcDays, read: ReadContext): Promise<Static<typeof HostedOpenHouse>[]>
  /** Remembered for an hour at most. */
  agentCredentials(email: string): Promise<Credentials>
  /** Always asks Spacio. */
  issueAgentToken(email: string, signal: AbortSignal): Promise<Credentials>
  issueManagerToken(email: string, signal: AbortSignal): Promise<Credentials>
}

/** An address stands alone or in a record. */
export const toEmailRecord = (element: unknown): unknown => (typeof element === 'string' ? { email: element } : element)

export interface SpacioOptions {
  account: SpacioAccount
  send: Send
  sameBytes: SameBytes
  slices?: Slices
  drift: DriftSink
  now: () => Date
}

export const createSpacio = ({ account, send, sameBytes, slices, drift, now }: SpacioOptions): Spacio => {
  const ask = createAsk(account, send, now, sameBytes, slices)
  const askInParts = createAskInParts(account, send, now, sameBytes, slices)
  const { decodeAll, decodeLeads } = createDecoder(drift, slices)
  const leadReport = createLeadReports(ask, askInParts, decodeLeads, now)

  const issue = async (
    method: 'getAccessToken' | 'getAccessTokenBM',
    email: string,
    context: AskContext,
  ): Promise<Credentials> => {
    const answer = await ask(method, { email }, context)
    const [credentials] = await decodeAll(answer, accessTokenMapping, { includeSource: false }, { email })
    return credentials as Credentials
  }

  const tokens = createAccessTokens(
    (email, priority) => issue('getAccessToken', email, { signal: new AbortController().signal, priority }),
    () => now().getTime(),
    isTokenRefusal,
  )

  return {
    property: async (sid, read) => {
      const answer = await ask('getProperty', { sid: String(sid) }, read)
      const [property] = await decodeAll(answer, propertyMapping, read)
      if (property?.sid !== sid)
        throw unusable(answer.operation, { status: 200 }, 'another property than was asked for')
      return property
    },
    propertiesOf: async (ukey, read) => decodeAll(await ask('getProperties', { ukey }, read), propertyMapping, read),
    openHouses: async (sid, read) =>
      decodeAll(
        await collectPages((page) => ask('getOHSessions', { sid: String(sid), page: String(page) }, read), {
          concurrency: 3,
          maxPages: 200,
          inconsistent: (operation, reason) => unusable(operation, { status: 200 }, reason),
        }),
        openHouseMapping,
        read,
      ),
    propertyLeads: (sid, agentEmail, read) =>
      tokens.using(agentEmail, `leads ${sid}`, async (atoken) => {
        const answer = await ask('getRegistrants', { sid: String(sid), atoken }, withRows(read, readPropertyRows(sid)))
        return decodeLeads(answer, propertyLeadMapping, read, sid)
      }),
    leadReport,
    claimedAgents: async (bid, read) => {
      const answer = await ask('getClaimedList', { bid }, read)
      const wrapped = { ...answer, records: answer.records.map(toEmailRecord) }
      return (await decodeAll(wrapped, claimedAgentMapping, read)).map((agent: Static<typeof ClaimedAgent>, index) =>
        agent.source ? { ...agent, source: { ...agent.source, record: answer.records[index] } } : agent,
      )
    },
    activity: async (bid, days, read) =>
      decodeAll(await ask('getActivityList', { bid, ...days }, read), agentActivityMapping, read),
    hostedOpenHouses: async (bid, days, read) =>
      decodeAll(await ask('getOHSessionCounts', { bid, ...days }, read), hostedOpenHouseMapping, read),
    agentCredentials: tokens.of,
    issueAgentToken: (email, signal) => issue('getAccessToken', email, { signal }),
    issueManagerToken: (email, signal) => issue('getAccessTokenBM', email, { signal }),
  }
}
