/**
 * A simple gateway for comparison: Express and axios, with the gateway's response format but without limits, budgets,
 * circuit breakers, time zones and logs. `node express.ts PORT UPSTREAM_PORT`.
 */
import axios from 'axios'
import express, { type Request } from 'express'

const [port, upstream] = process.argv.slice(2).map(Number) as [number, number]

// biome-ignore lint/suspicious/noExplicitAny: as one would write it
type Wire = any

const client = axios.create({ baseURL: `http://127.0.0.1:${upstream}` })

const ask = async (path: string, fields: Record<string, string>): Promise<Wire> => {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  const { data } = await client.post(path, form, { headers: { apikey: 'key' } })
  return data
}

const toText = (value: string | undefined): string | null => (value === '' || value === 'N/A' ? null : (value ?? null))
const toKnownText = (value: unknown): number | null => (value === -1 || value === '' ? null : Number(value))
const toAmount = (value: string | undefined): number | null => (value ? Number(value.replace(/[$,]/g, '')) : null)
const toBoolean = (value: string | undefined): boolean | null =>
  value === 'YES' ? true : value === 'NO' ? false : null
const toInstant = (value: string): string => new Date(`${value.replace(' ', 'T')}Z`).toISOString()

const toProperty = (wire: Wire) => ({
  sid: wire.sid,
  listingId: toText(wire.mlsNo),
  title: toText(wire.title),
  listPrice: toAmount(wire.price),
  bedroomsTotal: toKnownText(wire.beds),
  bathroomsTotal: toKnownText(wire.baths),
  livingArea: toKnownText(wire.dimens),
  propertySubType: toText(wire.type),
  unparsedAddress: toText(wire.addr1),
  streetAdditionalInfo: toText(wire.addr2),
  listAgentEmail: toText(wire.email),
  listingUrl: toText(wire.url),
  photoUrls: [wire.image],
})

const toChoice = (wire: Wire) => ({
  answer: toText(wire.answer),
  answerZh: toText(wire.answerCN),
  type: toText(wire.type),
})

const toAnswer = ({ questionObj = {}, ...wire }: Wire) => ({
  questionId: toText(questionObj.questionID),
  type: toText(questionObj.type),
  caption: toText(questionObj.caption),
  question: toText(questionObj.question ?? wire.question),
  questionZh: toText(questionObj.questionCN),
  answer: toText(wire.answer),
  choices: Object.values(questionObj.choices ?? {}).map(toChoice),
})

const toLead = (wire: Wire) => ({
  id: wire.id ?? null,
  fullName: toText(wire.name),
  email: toText(wire.email),
  phone: toText(wire.phone),
  hasAgent: toBoolean(wire.hasAgent),
  hasFinancing: toBoolean(wire.hasFinancing),
  isBroker: toBoolean(wire.isBroker),
  answers: Object.values(wire.answersObj ?? {}).map(toAnswer),
  note: toText(wire.note),
  sid: wire.sid ?? null,
  listingId: toText(wire.plid),
  agentEmail: toText(wire.agentEmail),
  createdAt: toInstant(wire.dateCreated),
})

const toEventProperty = (wire: Wire) => ({
  id: wire.id,
  eventId: wire.api_event_id,
  contactId: wire.contact_id,
  listingId: toText(wire.mls),
  listingUrl: toText(wire.url),
  unparsedAddress: toText(wire.address),
  city: toText(wire.city),
  stateOrProvince: toText(wire.state),
  postalCode: toText(wire.zip),
  bedroomsTotal: toKnownText(wire.beds),
  bathroomsFull: toKnownText(wire.full_baths),
  bathroomsHalf: toKnownText(wire.half_baths),
  propertySubType: toText(wire.type),
  livingArea: toAmount(wire.square_feet),
  listPrice: toAmount(wire.listing_price),
  mlsStatus: toText(wire.listing_status),
  daysOnMarket: toKnownText(wire.listing_days_on_market),
  estimatedValue: toAmount(wire.estimated_value),
  lastSoldAt: wire.last_sold_at,
  lastSoldPrice: toAmount(wire.last_sold_price),
  latitude: toKnownText(wire.latitude),
  longitude: toKnownText(wire.longitude),
  photoUrls: wire.images.split(', '),
  yearBuilt: toKnownText(wire.year_built),
  onMarketTimestamp: wire.listed_at,
  createdAt: wire.created_at,
})

const app = express()

app.use((request, response, next) => {
  if (request.get('x-api-key')) next()
  else response.status(401).json({ error: 'unauthenticated' })
})

app.get('/properties/:sid', async (request, response) => {
  response.json(toProperty(await ask('/api/v1/getProperty', { sid: request.params.sid })))
})

const fetchLeads = async ({ query }: Request): Promise<Wire[]> => {
  const { brokerageId, sid, from, to } = query as Record<string, string>
  if (brokerageId) {
    const fields = { bid: brokerageId, startDate: from ?? '', endDate: to ?? '', page: '1' }
    return (await ask('/api/v2/getRegistrantsByBrokerage', fields)).data
  }
  return Object.values(await ask('/api/v1/getRegistrants', { sid: sid ?? '', atoken: 'ZtKH5J76DN5DyQ3R' }))
}

app.get('/leads', async (request, response) => {
  const leads = await fetchLeads(request)
  response.json({ data: leads.map(toLead), pagination: { total: leads.length, limit: 200, offset: 0 } })
})

app.get('/events/:id/properties', async (request, response) => {
  const { data } = await client.get(`/events/${request.params.id}/properties?%24limit=10&%24skip=0`, {
    headers: { authorization: 'Bearer token' },
  })
  response.json({ data: data.data.map(toEventProperty), pagination: { total: data.total, limit: 10, offset: 0 } })
})

app.listen(port, '127.0.0.1', () => process.send?.('ready'))
