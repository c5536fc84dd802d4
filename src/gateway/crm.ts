import { createParameterProblem } from '#src/problems.ts'
import type { Condition } from '#src/query/conditions.ts'
import { parseSortFields } from '#src/query/order.ts'
import { getPaging, type PageQuery } from '#src/query/page.ts'
import type { ConnectionQuery, GetLionDesk } from './get-liondesk.ts'
import type { RequestContext } from './request-context.ts'

interface ContactQuery extends PageQuery, ConnectionQuery {
  email?: string
  phone?: string
}

interface EventQuery extends PageQuery, ConnectionQuery {
  contactId: string
  type?: string
  sort?: string
}

/** Contacts and events of the CRM. All use cases only read. */
export const createCrm = (getLionDesk: GetLionDesk) => ({
  listContacts: async (query: ContactQuery, call: RequestContext) => {
    const conditions = toConditions(query)
    const { limit, offset } = getPaging(query)
    const { contacts } = await getLionDesk(call, query)
    const { total, data } = await contacts.getFindAny(conditions, { limit, skip: offset }, call)
    return { data, pagination: { total, limit, offset } }
  },

  getContact: async (id: string, query: ConnectionQuery, call: RequestContext) =>
    (await getLionDesk(call, query)).contacts.get(id, call),

  listEvents: async (query: EventQuery, call: RequestContext) => {
    const { contactId, type, sort } = query
    const { limit, offset } = getPaging(query)
    const conditions = [equals('contactId', contactId), ...(type === undefined ? [] : [equals('type', type)])]
    const { events } = await getLionDesk(call, query)
    const find = { conditions, sort: parseSortFields(sort), limit, skip: offset }
    const { total, data } = await events.find(find, call)
    return { data, pagination: { total, limit, offset } }
  },

  getEvent: async (id: string, query: ConnectionQuery, call: RequestContext) =>
    (await getLionDesk(call, query)).events.get(id, call),
})

const equals = (field: string, value: string): Condition => ({ field, operator: 'eq', values: [value] })

const phoneFields = ['mobilePhone', 'homePhone', 'officePhone']

/** The CRM compares texts, perhaps with their letter case: each usual spelling is one condition. */
const toConditions = ({ email, phone }: ContactQuery): Condition[] => {
  if (email !== undefined && phone !== undefined) throw createParameterProblem('phone', 'cannot be combined with email')
  if (email !== undefined) return [...new Set([email, email.toLowerCase()])].map((value) => equals('email', value))
  if (phone === undefined) throw createParameterProblem('email', 'is missing: send email or phone')
  const spellings = [...new Set([phone, phone.replace(/\D/g, '')])]
  return phoneFields.flatMap((field) => spellings.map((value) => equals(field, value)))
}
