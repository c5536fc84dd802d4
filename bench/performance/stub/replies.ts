/** Maps requests to replies. Each reply is created on first use and then cached. */
import { createEventProperty, createProperty, createPropertyLead, createReportLead } from './records.ts'
import { createTemplate, type Template } from './template.ts'

/** The names and values of form fields, or of path and query parameters. */
type Fields = Record<string, string>

const createList = <T>(length: number, make: (index: number) => T): T[] =>
  Array.from({ length }, (_, index) => make(index))

/** The id of a brokerage or property may contain the number of its leads: `leads-7`, 2000007. */
const parseCount = (id: string, otherwise: number): number =>
  Number(/^(?:leads-|v1-|2)0*(\d+)$/.exec(id)?.[1] ?? otherwise)

const pageSize = 100

const createPage = ({ bid = '', page = '1' }: Fields) => {
  const total = parseCount(bid, pageSize)
  const start = (Number(page) - 1) * pageSize
  const data = createList(Math.max(0, Math.min(pageSize, total - start)), (index) =>
    createReportLead(start + index, total),
  )
  const totalPages = Math.ceil(total / pageSize)
  return { info: { resultsOnPage: data.length, totalCount: total, pageNumber: Number(page), totalPages }, data }
}

const toKeyed = (records: readonly unknown[]) => Object.fromEntries(records.map((record, index) => [index + 1, record]))

const replies: Record<string, (fields: Fields) => unknown> = {
  '/api/v1/getProperty': ({ sid }) => createProperty(Number(sid)),
  '/api/v1/getAccessToken': ({ email }) => ({ email, ukey: 'agent-ukey', accessToken: 'ZtKH5J76DN5DyQ3R' }),
  '/api/v1/getRegistrants': ({ sid = '' }) => {
    const count = parseCount(sid, 200)
    return toKeyed(createList(count, (index) => createPropertyLead(index, count)))
  },
  '/api/v1/getRegistrantsByBrokerage': ({ bid = '' }) => {
    const count = parseCount(bid, 100)
    return toKeyed(createList(count, (index) => createReportLead(index, count)))
  },
  // Simulates a key without v2.
  '/api/v2/getRegistrantsByBrokerage': (fields) =>
    fields.bid?.startsWith('v1-') ? { error: 'access-denied' } : createPage(fields),
}

const createFindReply = (eventId: string) => ({
  total: 10,
  limit: 10,
  skip: 0,
  data: createList(10, (index) => createEventProperty(eventId, index)),
})

const parseForm = (body: string): Fields =>
  Object.fromEntries([...body.matchAll(/name="(\w+)"\s+([^\r]*)/g)].map(([, name, value]) => [name, value]))

/** Leads per reply. */
const arrivals = 5

/** A brokerage with continuous sign-ins: each reply has new leads with the current time. */
const createArrivals = (): Template => {
  let seenIds = 0
  const arrive = () => {
    seenIds += 1
    const dateCreated = new Date().toISOString().slice(0, 19).replace('T', ' ')
    return { ...createReportLead(seenIds, arrivals), dateCreated }
  }
  const info = { resultsOnPage: arrivals, totalCount: arrivals, pageNumber: 1, totalPages: 1 }
  return { render: () => Buffer.from(JSON.stringify({ info, data: createList(arrivals, arrive) })) }
}

export const createReplies = () => {
  const templates = new Map<string, Template>()
  const live = createArrivals()

  const getTemplate = (key: string, make: () => unknown): Template => {
    const cachedTemplate = templates.get(key)
    if (cachedTemplate) return cachedTemplate
    const newTemplate = createTemplate(make())
    templates.set(key, newTemplate)
    return newTemplate
  }

  return (path: string, body: string): Template | null => {
    const eventId = /^\/events\/(\w+)\/properties/.exec(path)?.[1]
    if (eventId) return getTemplate(path, () => createFindReply(eventId))
    const reply = replies[path]
    if (!reply) return null
    const fields = parseForm(body)
    if (fields.bid === 'live') return live
    return getTemplate(`${path} ${Object.values(fields)}`, () => reply(fields))
  }
}
