import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import type { JournalEntry, Lead, Property } from '../../sandbox/index.ts'
import { startStub } from './stub.ts'
import { type GatewayOptions, openGateway, type TestGateway } from './test-gateway.ts'

export interface SpacioCall {
  /** `v1/getProperty`. */
  operation: string
  form: Record<string, string>
}

export interface ScriptedReply {
  /** Text is sent unchanged, anything else as JSON. */
  body: unknown
  status?: number
  contentType?: string
  headers?: Record<string, string>
}

export type Script = (call: SpacioCall) => ScriptedReply

export interface ScriptedSpacio extends TestGateway {
  calls: SpacioCall[]
  /** Sets Spacio's replies and clears the recorded calls. */
  answer(script: Script | Record<string, unknown>): void
}

/** A gateway on a Spacio that sends exactly the bytes that a test defines. */
export const openScriptedSpacio = async (options: GatewayOptions = {}): Promise<ScriptedSpacio> => {
  const calls: SpacioCall[] = []
  let script: Script = () => ({ status: 500, body: 'nothing is scripted' })
  const stub = await startStub(async (request, response) => {
    const call = { operation: (request.url ?? '').replace('/api/', ''), form: await readForm(request) }
    calls.push(call)
    const { body, status = 200, contentType = 'application/json', headers } = script(call)
    response.writeHead(status, { 'content-type': contentType, ...headers })
    response.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body))
  })
  const gateway = await openGateway(
    { SPACIO_BASE_URL: stub.url, SPACIO_API_KEY: 'test-key' },
    { bypassesCache: true, ...options },
  )
  return {
    ...gateway,
    calls,
    answer: (next) => {
      calls.length = 0
      script = typeof next === 'function' ? next : ({ operation }) => ({ body: next[operation] ?? '"not-authorized"' })
    },
    close: async () => {
      await gateway.close()
      await stub.close()
    },
  }
}

const readForm = async (request: IncomingMessage): Promise<Record<string, string>> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const parts = Buffer.concat(chunks)
    .toString()
    .matchAll(/name="(\w+)"\r\n\r\n(.*)\r\n/g)
  return Object.fromEntries([...parts].map(([, name, value]) => [name, value]))
}

/** A payload of the vendor's page, byte by byte. */
export const readSample = (name: string): string =>
  readFileSync(new URL(`../fixtures/spacio/${name}.txt`, import.meta.url), 'utf8')

/** A paged reply. A test can change the counts that it claims. */
export const createPage = (data: unknown, info: Record<string, unknown> = {}) => {
  const rows = Array.isArray(data) ? data.length : Object.keys(data as object).length
  return { info: { resultsOnPage: rows, totalCount: rows, pageNumber: 1, totalPages: 1, ...info }, data }
}

/** The wire record of a lead, simpler than in the sandbox. */
/** A lower number has a greater id, so that leads of the same second are sorted by their numbers. */
export const createWireLead = (number: number, more: Record<string, unknown> = {}) => ({
  id: (2 ** 40 - number).toString(16).padStart(24, '0'),
  name: `Visitor ${number}`,
  email: `visitor${number}@example.com`,
  dateCreated: '2026-03-01 10:00:00',
  sid: 10191,
  ...more,
})

export const someProperty = { sid: 10191, email: 'agent1@example.com' }

export const someToken = { email: 'agent1@example.com', ukey: 'ukey1', accessToken: 'token1' }

/** The replies to the two calls that precede the leads of a property. */
export const beforeLeads = { 'v1/getProperty': someProperty, 'v1/getAccessToken': someToken }

/** The part of a call that identifies it in the journal. */
export const listOperations = (entries: readonly JournalEntry[]): string[] => entries.map(({ operation }) => operation)

const formatWireTime = (milliseconds: number): string => new Date(milliseconds).toISOString().replace('.000Z', 'Z')

const toNullable = <T>(value: T, ...absent: unknown[]): T | null => (absent.includes(value) ? null : value)

/** The expected resource of a property of the sandbox. */
export const toCanonicalProperty = (property: Property) => ({
  sid: property.sid,
  listingId: property.mlsNo,
  title: property.title,
  listPrice: Number(property.price.replace(/[$,]/g, '')),
  bedroomsTotal: toNullable(property.beds, -1),
  bathroomsTotal: toNullable(property.baths, -1),
  livingArea: toNullable(property.dimens, -1),
  propertySubType: property.type,
  unparsedAddress: property.addr1,
  streetAdditionalInfo: toNullable(property.addr2, ''),
  listAgentEmail: property.email,
  listingUrl: toNullable(property.url, ''),
  photoUrls: [property.image],
})

const stances = { YES: true, NO: false, UNKNOWN: null }

const toVisitor = (lead: Lead) => ({
  fullName: lead.name,
  email: toNullable(lead.email, ''),
  phone: toNullable(lead.phone, ''),
  hasAgent: stances[lead.hasAgent],
  hasFinancing: stances[lead.hasFinancing],
  createdAt: formatWireTime(lead.dateCreated),
})

/** The expected resource of a lead of the sandbox, by the call that returned it. */
export const toCanonicalLead = (lead: Lead, from: 'brokerage-v2' | 'brokerage' | 'team') => ({
  id: lead.id,
  ...toVisitor(lead),
  isBroker: stances[lead.isBroker],
  answers: lead.answers.map(({ question, answer }) => ({
    questionId: null,
    type: null,
    caption: null,
    question: question.question,
    questionZh: null,
    answer: toNullable(answer, 'N/A', ''),
    choices: [],
  })),
  note: from === 'brokerage-v2' ? toNullable(lead.note, '') : null,
  autoEmail:
    from === 'team'
      ? {
          sentToVisitor: lead.autoEmailStatus.sentToVisitor,
          sentToRepresentative: lead.autoEmailStatus.sentToVisitorRepresentation,
          opened: lead.autoEmailStatus.opened,
          details: toNullable(lead.autoEmailStatus.details, ''),
        }
      : null,
  sid: lead.sid,
  listingId: lead.plid,
  agentEmail: lead.agentEmail,
})

/** The same for getRegistrants, without the id, which is a digest. */
export const toCanonicalPropertyLead = (lead: Lead) => ({
  ...toVisitor(lead),
  isBroker: null,
  answers: lead.answers.map(({ question, answer }) => ({
    questionId: question.questionID,
    type: question.type,
    caption: question.caption ?? null,
    question: question.question,
    questionZh: toNullable(question.questionCN, ''),
    answer: toNullable(answer, 'N/A', ''),
    choices: (question.choices ?? []).map((choice) => ({
      answer: choice.answer,
      answerZh: toNullable(choice.answerCN, ''),
      type: choice.type,
    })),
  })),
  note: null,
  autoEmail: null,
  sid: lead.sid,
  listingId: null,
  agentEmail: null,
})

export { formatWireTime as canonicalTime }
