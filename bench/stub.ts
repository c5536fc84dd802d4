/**
 * Serves both upstreams on one port with constant replies: `node bench/stub.ts PORT [MS]`. Reports take MS
 * milliseconds.
 */
import { createServer } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'

const createProperty = (sid: string) => ({
  ...{ title: 'Waterfront apartment', price: '2300000', beds: 2, baths: 2, dimens: -1, type: 'Apartment' },
  ...{ email: 'agent1@example.com', addr1: '231 Seawall Ave.', addr2: '', url: 'https://example.com' },
  ...{ sid: Number(sid), mlsNo: 'AB123456', image: 'https://example.com/photo.jpg' },
})

const twoDigits = (number: number): string => String(number).padStart(2, '0')

const createLead = (index: number, day: string) => ({
  ...{
    id: index.toString(16).padStart(24, '0'),
    name: `Visitor ${index}`,
    email: 'v@example.com',
    phone: '202-555-0100',
  },
  ...{ hasAgent: 'NO', hasFinancing: 'UNKNOWN', isBroker: 'NO', note: '', sid: 10101, plid: 'AB123456' },
  answersObj: [{ question: 'What brought you here?', answer: 'A sign' }],
  dateCreated: `${day} 12:${twoDigits(Math.floor(index / 60))}:${twoDigits(index % 60)}`,
  agentEmail: 'agent1@example.com',
})

/** Serialized once, so that the stub takes little processor time from the measured process. */
const report = (() => {
  const day = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)
  const data = Array.from({ length: 100 }, (_, index) => createLead(index, day))
  const info = { resultsOnPage: 100, totalCount: 100, pageNumber: 1, totalPages: 1 }
  return Buffer.from(JSON.stringify({ info, data }))
})()

const record = { id: '1', api_event_id: '7', contact_id: '1', mls: 'AB123456', city: 'Westport', listing_price: '1' }

const answer = (path: string, body: string): unknown => {
  if (path.endsWith('/getProperty')) return createProperty(/name="sid"\s+(\d+)/.exec(body)?.[1] ?? '1')
  if (/\/\d+$/.test(path)) return record
  return { total: 2, limit: 10, skip: 0, data: [record, { ...record, id: '2' }] }
}

const reportMs = Number(process.argv[3] ?? 0)

const server = createServer(async (request, response) => {
  const body = await buffer(request)
  const path = (request.url ?? '').replace(/\?.*/, '')
  response.setHeader('content-type', 'application/json')
  const isReport = path.endsWith('/getRegistrantsByBrokerage')
  if (isReport) await wait(reportMs)
  response.end(isReport ? report : JSON.stringify(answer(path, body.toString())))
})

server.listen(Number(process.argv[2]), '127.0.0.1', () => process.send?.('ready'))
process.once('disconnect', () => process.exit(0))
