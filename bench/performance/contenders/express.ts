/**
 * The gateway that one would write in an afternoon: Express and axios, the same answers in our words, and nothing of
 * limits, budgets, breakers, time zones or logs. `node express.ts PORT UPSTREAM_PORT`.
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

const text = (value: string | undefined): string | null => (value === '' || value === 'N/A' ? null : (value ?? null))
const known = (value: unknown): number | null => (value === -1 || value === '' ? null : Number(value))
const amount = (value: string | undefined): number | null => (value ? Number(value.replace(/[$,]/g, '')) : null)
const yesNo = (value: string | undefined): boolean | null => (value === 'YES' ? true : value === 'NO' ? false : null)
const instant = (value: string): string => new Date(`${value.replace(' ', 'T')}Z`).toISOString()

const toProperty = (wire: Wire) => ({
  sid: wire.sid,
  listingId: text(wire.mlsNo),
  title: text(wire.title),
  listPrice: amount(wire.price),
  bedroomsTotal: known(wire.beds),
  bathroomsTotal: known(wire.baths),
  livingArea: known(wire.dimens),
  propertySubType: text(wire.type),
  unparsedAddress: text(wire.addr1),
  streetAdditionalInfo: text(wire.addr2),
  listAgentEmail: text(wire.email),
  listingUrl: text(wire.url),
  photoUrls: [wire.image],
})

const toChoice = (wire: Wire) => ({ answer: text(wire.answer), answerZh: text(wire.answerCN), type: text(wire.type) })

const toAnswer = ({ questionObj = {}, ...wire }: Wire) => ({
  questionId: text(questionObj.questionID),
  type: text(questionObj.type),
  caption: text(questionObj.caption),
  question: text(questionObj.question ?? wire.question),
  questionZh: text(questionObj.questionCN),
  answer: text(wire.answer),
  choices: Object.values(questionObj.choices ?? {}).map(toChoice),
})

const toLead = (wire: Wire) => ({
  id: wire.id ?? null,
  fullName: text(wire.name),
  email: text(wire.email),
  phone: text(wire.phone),
  hasAgent: yesNo(wire.hasAgent),
  hasFinancing: yesNo(wire.hasFinancing),
  isBroker: yesNo(wire.isBroker),
  answers: Object.values(wire.answersObj ?? {}).map(toAnswer),
  note: text(wire.note),
  sid: wire.sid ?? null,
  listingId: text(wire.plid),
  agentEmail: text(wire.agentEmail),
  createdAt: instant(wire.dateCreated),
})

const toEventProperty = (wire: Wire) => ({
  id: wire.id,
  eventId: wire.api_event_id,
  contactId: wire.contact_id,
  listingId: text(wire.mls),
  listingUrl: text(wire.url),
  unparsedAddress: text(wire.address),
  city: text(wire.city),
  stateOrProvince: text(wire.state),
  postalCode: text(wire.zip),
  bedroomsTotal: known(wire.beds),
  bathroomsFull: known(wire.full_baths),
  bathroomsHalf: known(wire.half_baths),
  propertySubType: text(wire.type),
  livingArea: amount(wire.square_feet),
  listPrice: amount(wire.listing_price),
  mlsStatus: text(wire.listing_status),
  daysOnMarket: known(wire.listing_days_on_market),
  estimatedValue: amount(wire.estimated_value),
  lastSoldAt: wire.last_sold_at,
  lastSoldPrice: amount(wire.last_sold_price),
  latitude: known(wire.latitude),
  longitude: known(wire.longitude),
  photoUrls: wire.images.split(', '),
  yearBuilt: known(wire.year_built),
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

const leadsOf = async ({ query }: Request): Promise<Wire[]> => {
  const { brokerageId, sid, from, to } = query as Record<string, string>
  if (brokerageId) {
    const fields = { bid: brokerageId, startDate: from ?? '', endDate: to ?? '', page: '1' }
    return (await ask('/api/v2/getRegistrantsByBrokerage', fields)).data
  }
  return Object.values(await ask('/api/v1/getRegistrants', { sid: sid ?? '', atoken: 'ZtKH5J76DN5DyQ3R' }))
}

app.get('/leads', async (request, response) => {
  const leads = await leadsOf(request)
  response.json({ data: leads.map(toLead), pagination: { total: leads.length, limit: 200, offset: 0 } })
})

app.get('/events/:id/properties', async (request, response) => {
  const { data } = await client.get(`/events/${request.params.id}/properties?%24limit=10&%24skip=0`, {
    headers: { authorization: 'Bearer token' },
  })
  response.json({ data: data.data.map(toEventProperty), pagination: { total: data.total, limit: 10, offset: 0 } })
})

app.listen(port, '127.0.0.1', () => process.send?.('ready'))
