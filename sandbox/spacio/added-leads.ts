import { createRandom } from '../random.ts'
import { parseMoment, secondMs } from '../time.ts'
import { getLeadLocation, makeLeadId } from '../world/leads.ts'
import { findStatedAnswer, questions } from '../world/questions.ts'
import type { Lead, Stance, World } from '../world/types.ts'
import { blankEmailStatus } from '../world/visitors.ts'
import type { LeadIndex } from './lead-index.ts'

export interface LeadInput {
  sid: number
  name?: string
  email?: string
  phone?: string
  note?: string
  hasAgent?: Stance
  hasFinancing?: Stance
  /** `YYYY-MM-DD HH:mm:ss` or an ISO time. Default: the current time. The id always contains the insertion time. */
  dateCreated?: string
  count?: number
}

const maxBatchSize = 50_000

function parseStatedTime(text: string | undefined, insertedAt: number): number {
  if (text === undefined) return insertedAt
  const moment = parseMoment(text)
  if (moment === null) throw new TypeError(`${text} is no time`)
  return moment
}

export function createLeadAdder(world: World, index: LeadIndex) {
  const random = createRandom(Date.now(), 'added-leads')
  let number = 0

  const makeLead = (input: LeadInput): Lead => {
    const property = world.properties.find(({ sid }) => sid === Number(input.sid))
    const agent = world.agents.find(({ email }) => email === property?.email)
    if (property === undefined || agent === undefined) throw new TypeError(`There is no property ${input.sid}`)
    number++
    const insertedAt = Math.floor(Date.now() / secondMs) * secondMs
    const stances = { hasAgent: input.hasAgent ?? 'NO', hasFinancing: input.hasFinancing ?? 'UNKNOWN' } as const
    return {
      id: makeLeadId(insertedAt, random),
      ...getLeadLocation(property, agent),
      name: input.name ?? `Added Visitor ${number}`,
      email: input.email ?? `added${number}@example.com`,
      phone: input.phone ?? '202-555-0100',
      ...stances,
      isBroker: 'NO',
      answers: questions
        .slice(0, 2)
        .map((question) => ({ question, answer: findStatedAnswer(question, stances) ?? 'N/A' })),
      note: input.note ?? '',
      autoEmailStatus: blankEmailStatus,
      dateCreated: parseStatedTime(input.dateCreated, insertedAt),
      insertedAt,
    }
  }

  return (input: LeadInput): Lead[] => {
    const count = input.count ?? 1
    if (!Number.isInteger(count) || count < 1 || count > maxBatchSize) throw new TypeError('count is out of range')
    const leads = Array.from({ length: count }, () => makeLead(input))
    for (const lead of leads) index.add(lead)
    return leads
  }
}
