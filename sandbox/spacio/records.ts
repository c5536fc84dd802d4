import { addDrift, type DriftPlan } from '../http/drift.ts'
import { formatWireTime } from '../time.ts'
import type { Agent, Answer, Lead, OpenHouse, Property, Question } from '../world/types.ts'
import { type Fields, type JsonText, toKeyedList, toList, toObject } from './json.ts'
import type { SpacioSettings } from './settings.ts'

const visitorDrift: DriftPlan = {
  number: { phone: 2025550100 },
  unreadable: { hasAgent: 'MAYBE', dateCreated: '15/03/2024 noon' },
}

/** How each kind of record drifts. */
const plans = {
  property: { gone: 'title', number: { type: 4 }, unreadable: { price: 'Call for price' } },
  session: { gone: 'endTime', unreadable: { startTime: 'noon' } },
  propertyLead: { gone: 'email', ...visitorDrift },
  reportLead: { gone: 'plid', ...visitorDrift },
  hosted: { gone: 'propertyCity', number: { propertyZip: 6880 }, unreadable: { dateHosted: 'last Sunday' } },
  activity: { unreadable: { lastActive: 'just now' } },
} as const satisfies Record<string, DriftPlan>

const writeRecord = (fields: Fields, settings: SpacioSettings, plan?: DriftPlan): JsonText =>
  toObject(addDrift(fields, settings.drift, plan))

export function writeProperty(property: Property, settings: SpacioSettings): JsonText {
  const { city: _city, state: _state, zip: _zip, ...fields } = property
  return writeRecord({ ...fields }, settings, plans.property)
}

export const writeSession = (session: OpenHouse, settings: SpacioSettings): JsonText =>
  writeRecord(
    {
      sessionID: session.sessionID,
      startTime: formatWireTime(session.startedAt),
      endTime: formatWireTime(session.endedAt),
    },
    settings,
    plans.session,
  )

export const writeActivity = ({ email, lastActive }: Agent, settings: SpacioSettings): JsonText =>
  writeRecord({ email, lastActive: formatWireTime(lastActive) }, settings, plans.activity)

/** The access token of an agent, or of a manager, who has no ukey. */
export const writeToken = (
  { email, ukey }: Pick<Agent, 'email'> & Partial<Agent>,
  accessToken: string,
  settings: SpacioSettings,
): JsonText => writeRecord({ email, ...(ukey !== undefined && { ukey }), accessToken }, settings)

function writeQuestion({ choices, caption, ...rest }: Question, settings: SpacioSettings): JsonText {
  const options = choices?.map((choice) => toObject({ ...choice }))
  return toObject({
    question: rest.question,
    questionCN: rest.questionCN,
    type: rest.type,
    ...(caption === undefined ? {} : { caption }),
    ...(options === undefined ? {} : { choices: toKeyedList(options, 0, settings) }),
    questionID: rest.questionID,
  })
}

const writeNestedAnswer = ({ question, answer }: Answer, settings: SpacioSettings): JsonText =>
  toObject({ questionObj: writeQuestion(question, settings), answer })

/** Free-text answers have the trailing comma of the vendor's samples. */
const writeFlatAnswer = ({ question, answer }: Answer, settings: SpacioSettings): JsonText =>
  toObject({ question: question.question, answer }, question.type === 'text' && !settings.strictJson)

/** The format of property leads: nested questions, without id, sid, agent and note. */
export function writePropertyLead(lead: Lead, settings: SpacioSettings): JsonText {
  const answers = lead.answers.map((answer) => writeNestedAnswer(answer, settings))
  const fields: Fields = {
    name: lead.name,
    email: lead.email,
    phone: lead.phone,
    hasAgent: lead.hasAgent,
    hasFinancing: lead.hasFinancing,
    answersObj: toKeyedList(answers, 0, settings),
    dateCreated: formatWireTime(lead.dateCreated),
  }
  return writeRecord(fields, settings, plans.propertyLead)
}

export type LeadForm = 'brokerage' | 'brokerage-v2' | 'team'

/** The format of brokerage and team leads: flat answers, and a sid with leading zeros. */
export function writeReportLead(lead: Lead, form: LeadForm, settings: SpacioSettings): JsonText {
  const fields: Fields = {
    id: lead.id,
    name: lead.name,
    email: lead.email,
    phone: lead.phone,
    hasAgent: lead.hasAgent,
    hasFinancing: lead.hasFinancing,
    isBroker: lead.isBroker,
    ...(form === 'team' ? { autoEmailStatus: toObject({ ...lead.autoEmailStatus }) } : {}),
    answersObj: toList(lead.answers.map((answer) => writeFlatAnswer(answer, settings))),
    ...(form === 'brokerage-v2' ? { note: lead.note } : {}),
    dateCreated: formatWireTime(lead.dateCreated),
    sid: settings.strictJson ? lead.sid : { text: String(lead.sid).padStart(7, '0') },
    plid: lead.plid,
    agentEmail: lead.agentEmail,
  }
  return writeRecord(fields, settings, plans.reportLead)
}

export function writeHosted(session: OpenHouse, property: Property, settings: SpacioSettings): JsonText {
  const fields: Fields = {
    dateHosted: formatWireTime(session.startedAt),
    leadsCount: session.leadsCount,
    propertyAddress: property.addr1,
    propertyCity: property.city,
    propertyState: property.state,
    propertyZip: property.zip,
  }
  return writeRecord(fields, settings, plans.hosted)
}
