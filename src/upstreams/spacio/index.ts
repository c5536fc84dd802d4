import type { Static } from 'typebox'
import type { AgentActivity, ClaimedAgent } from '#schemas/agent.ts'
import type { Lead } from '#schemas/lead.ts'
import type { HostedOpenHouse, OpenHouse } from '#schemas/open-house.ts'
import type { Property } from '#schemas/property.ts'
import type { DriftSink } from '#src/mapping/codec.ts'
import type { Mapping } from '#src/mapping/define.ts'
import { isProblem } from '#src/problems.ts'
import type { Send } from '../transport/types.ts'
import { type Credentials, createAccessTokens } from './access-tokens.ts'
import { type Answer, createAsk, type SpacioAccount, unusable } from './ask.ts'
import { codeOfProblem } from './faults.ts'
import { leadIdsOf } from './lead-ids.ts'
import { accessTokenMapping, agentActivityMapping, claimedAgentMapping } from './mappings/agent.ts'
import { brokerageLeadMapping, propertyLeadMapping, teamLeadMapping } from './mappings/lead.ts'
import { hostedOpenHouseMapping, openHouseMapping } from './mappings/open-house.ts'
import { propertyMapping } from './mappings/property.ts'
import { collectPages } from './pages.ts'

/** How a read is made: until when, and whether the wire records are wanted with what they became. */
export interface ReadContext {
  readonly signal: AbortSignal
  readonly includeSource: boolean
}

/** UTC calendar days, as Spacio takes them; whether it includes its ends is not known. */
export interface UtcDays {
  readonly startDate: string
  readonly endDate: string
}

export interface Spacio {
  property(sid: number, read: ReadContext): Promise<Static<typeof Property>>
  propertiesOf(ukey: string, read: ReadContext): Promise<Static<typeof Property>[]>
  openHouses(sid: number, read: ReadContext): Promise<Static<typeof OpenHouse>[]>
  propertyLeads(sid: number, agentEmail: string, read: ReadContext): Promise<Static<typeof Lead>[]>
  /** `admit` is told how many leads there are before they are fetched, and may throw. */
  brokerageLeads(bid: string, days: UtcDays, read: ReadContext, admit: Admit): Promise<Static<typeof Lead>[]>
  teamLeads(tid: string, days: UtcDays, read: ReadContext, admit: Admit): Promise<Static<typeof Lead>[]>
  claimedAgents(bid: string, read: ReadContext): Promise<Static<typeof ClaimedAgent>[]>
  activity(bid: string, days: UtcDays, read: ReadContext): Promise<Static<typeof AgentActivity>[]>
  hostedOpenHouses(bid: string, days: UtcDays, read: ReadContext): Promise<Static<typeof HostedOpenHouse>[]>
  /** Remembered for an hour at most. */
  agentCredentials(email: string): Promise<Credentials>
  /** Always asks Spacio. */
  issueAgentToken(email: string, signal: AbortSignal): Promise<Credentials>
  issueManagerToken(email: string, signal: AbortSignal): Promise<Credentials>
}

export type Admit = (totalCount: number) => void

export interface SpacioOptions {
  account: SpacioAccount
  send: Send
  drift: DriftSink
  now: () => Date
}

const pageConcurrency = 3

/** At the documented 100 rows a page twice what a list may carry: a window is asked for with a day more on each side. */
const maxPages = 200

const withoutV2For = 60 * 60_000

export const createSpacio = ({ account, send, drift, now }: SpacioOptions): Spacio => {
  const ask = createAsk(account, send, now)

  /** Every record becomes an element, or the whole reply is unusable: none is dropped. */
  const decodeAll = <Fields>(
    answer: Answer,
    mapping: Mapping<Fields>,
    read: Pick<ReadContext, 'includeSource'>,
    given: (index: number) => Partial<Fields> = () => ({}),
  ): Fields[] =>
    answer.records.map((record, index) => {
      const value = mapping.decode(record, drift, given(index))
      if (value === null) throw unusable(answer.operation, { status: 200 }, `${mapping.name} lacks a required field`)
      if (!read.includeSource) return value
      const { operation, fetchedAt } = answer
      return { ...value, source: { system: 'spacio', operation, fetchedAt, record } }
    })

  const decodeLeads = (
    answer: Answer,
    mapping: Mapping<Omit<Static<typeof Lead>, 'source'>>,
    read: ReadContext,
    sid: number | null,
  ): Static<typeof Lead>[] => {
    const ids = leadIdsOf(answer.records, sid)
    return decodeAll(answer, mapping, read, (index) => ({ id: ids[index] as string, sid }))
  }

  const collect = (fetchPage: (page: string) => Promise<Answer>, admit?: Admit): Promise<Answer> =>
    collectPages((page) => fetchPage(String(page)), {
      concurrency: pageConcurrency,
      maxPages,
      ...(admit && { admit }),
      inconsistent: (answer, reason) => unusable(answer.operation, { status: 200 }, reason),
    })

  const issue = async (
    method: 'getAccessToken' | 'getAccessTokenBM',
    email: string,
    signal: AbortSignal,
  ): Promise<Credentials> => {
    const answer = await ask(method, { email }, signal)
    return decodeAll(answer, accessTokenMapping, { includeSource: false }, () => ({ email }))[0] as Credentials
  }

  const tokens = createAccessTokens(
    (email) => issue('getAccessToken', email, new AbortController().signal),
    () => now().getTime(),
    isTokenRefusal,
  )

  let v2RefusedUntil = 0

  /** v2 where the key has it; where it is refused and v1 answers, v1 alone for an hour. */
  const askBrokerageLeads = async (bid: string, days: UtcDays, signal: AbortSignal, admit: Admit): Promise<Answer> => {
    const v1 = () => ask('getRegistrantsByBrokerage', { bid, ...days }, signal)
    if (now().getTime() < v2RefusedUntil) return v1()
    try {
      return await collect((page) => ask('getRegistrantsByBrokerageV2', { bid, ...days, page }, signal), admit)
    } catch (error) {
      if (!isVersionRefusal(error)) throw error
    }
    const answer = await v1()
    v2RefusedUntil = now().getTime() + withoutV2For
    return answer
  }

  return {
    property: async (sid, read) => {
      const answer = await ask('getProperty', { sid: String(sid) }, read.signal)
      const [property] = decodeAll(answer, propertyMapping, read)
      if (property?.sid !== sid)
        throw unusable(answer.operation, { status: 200 }, 'another property than was asked for')
      return property
    },
    propertiesOf: async (ukey, read) =>
      decodeAll(await ask('getProperties', { ukey }, read.signal), propertyMapping, read),
    openHouses: async (sid, read) =>
      decodeAll(
        await collect((page) => ask('getOHSessions', { sid: String(sid), page }, read.signal)),
        openHouseMapping,
        read,
      ),
    propertyLeads: (sid, agentEmail, read) =>
      tokens.using(agentEmail, `leads ${sid}`, async (atoken) =>
        decodeLeads(
          await ask('getRegistrants', { sid: String(sid), atoken }, read.signal),
          propertyLeadMapping,
          read,
          sid,
        ),
      ),
    brokerageLeads: async (bid, days, read, admit) =>
      decodeLeads(await askBrokerageLeads(bid, days, read.signal, admit), brokerageLeadMapping, read, null),
    teamLeads: async (tid, days, read, admit) =>
      decodeLeads(
        await collect((page) => ask('getRegistrantsByTeam', { tid, ...days, page }, read.signal), admit),
        teamLeadMapping,
        read,
        null,
      ),
    claimedAgents: async (bid, read) => {
      const answer = await ask('getClaimedList', { bid }, read.signal)
      const wrapped = { ...answer, records: answer.records.map((email) => ({ email })) }
      return decodeAll(wrapped, claimedAgentMapping, read).map((agent: Static<typeof ClaimedAgent>, index) =>
        agent.source ? { ...agent, source: { ...agent.source, record: answer.records[index] } } : agent,
      )
    },
    activity: async (bid, days, read) =>
      decodeAll(await ask('getActivityList', { bid, ...days }, read.signal), agentActivityMapping, read),
    hostedOpenHouses: async (bid, days, read) =>
      decodeAll(await ask('getOHSessionCounts', { bid, ...days }, read.signal), hostedOpenHouseMapping, read),
    agentCredentials: tokens.of,
    issueAgentToken: (email, signal) => issue('getAccessToken', email, signal),
    issueManagerToken: (email, signal) => issue('getAccessTokenBM', email, signal),
  }
}

/** Which of the two a dead token brings is not documented. */
const isTokenRefusal = (error: unknown): boolean =>
  ['access-denied', 'not-authorized'].includes(codeOfProblem(error) ?? '')

/** v2 is of "limited availability": a key without it may be refused in any of these ways. */
const isVersionRefusal = (error: unknown): boolean =>
  isTokenRefusal(error) || (isProblem(error) && error.fields.upstream?.status === 404 && codeOfProblem(error) === null)
