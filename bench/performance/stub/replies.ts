/** Which reply belongs to which request; each is made when it is first asked for, and then kept. */
import { eventProperty, property, propertyLead, reportLead } from './records.ts'
import { type Template, templateOf } from './template.ts'

/** The names of form fields, or of what stands in a path and query. */
type Fields = Record<string, string>

const list = <T>(length: number, make: (index: number) => T): T[] => Array.from({ length }, (_, index) => make(index))

const pageOf = ({ bid = '', endDate = '' }: Fields) => {
  // A brokerage is called after the number of its leads, where that is not 100: `leads-7`.
  const count = Number(/^leads-(\d+)$/.exec(bid)?.[1] ?? 100)
  const info = { resultsOnPage: count, totalCount: count, pageNumber: 1, totalPages: 1 }
  return { info, data: list(count, (index) => reportLead(index, endDate)) }
}

const keyedLeads = (count: number) =>
  Object.fromEntries(list(count, (index) => [index + 1, propertyLead(index, '2026-01-31')]))

const replies: Record<string, (fields: Fields) => unknown> = {
  '/api/v1/getProperty': ({ sid }) => property(Number(sid)),
  '/api/v1/getAccessToken': ({ email }) => ({ email, ukey: 'agent-ukey', accessToken: 'ZtKH5J76DN5DyQ3R' }),
  '/api/v1/getRegistrants': () => keyedLeads(200),
  '/api/v2/getRegistrantsByBrokerage': pageOf,
}

const findReply = (eventId: string) => ({
  total: 10,
  limit: 10,
  skip: 0,
  data: list(10, (index) => eventProperty(eventId, index)),
})

const formFields = (body: string): Fields =>
  Object.fromEntries([...body.matchAll(/name="(\w+)"\s+([^\r]*)/g)].map(([, name, value]) => [name, value]))

export const createReplies = () => {
  const templates = new Map<string, Template>()

  const kept = (key: string, make: () => unknown): Template => {
    const known = templates.get(key)
    if (known) return known
    const made = templateOf(make())
    templates.set(key, made)
    return made
  }

  return (path: string, body: string): Template | null => {
    const eventId = /^\/events\/(\w+)\/properties/.exec(path)?.[1]
    if (eventId) return kept(path, () => findReply(eventId))
    const reply = replies[path]
    if (!reply) return null
    const fields = formFields(body)
    return kept(`${path} ${Object.values(fields)}`, () => reply(fields))
  }
}
