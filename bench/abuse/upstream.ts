/**
 * Serves both upstreams on one port: `node bench/abuse/upstream.ts PORT`. Brokerages that start with `wide` have 19,000
 * leads. Brokerages that start with `export` have 200,000 leads and no v2. Property 9999 has 15 MiB of empty visitors.
 */
import { createServer, type ServerResponse } from 'node:http'
import { pipeline, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'

const day = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)

const createLead = (index: number) => ({
  ...{
    id: index.toString(16).padStart(24, '0'),
    name: `Visitor ${index}`,
    email: 'v@example.com',
    phone: '202-555-0100',
  },
  ...{ hasAgent: 'NO', hasFinancing: 'UNKNOWN', isBroker: 'NO', note: '', sid: 10101, plid: 'AB123456' },
  answersObj: [{ question: 'What brought you here?', answer: 'A sign' }],
  dateCreated: `${day} 12:00:00`,
  agentEmail: 'agent1@example.com',
})

const createProperty = (sid: string) => ({
  ...{ title: 'Waterfront apartment', price: '2300000', beds: 2, baths: 2, dimens: -1, type: 'Apartment' },
  ...{ email: 'agent1@example.com', addr1: '231 Seawall Ave.', addr2: '', url: 'https://example.com' },
  ...{ sid: Number(sid), mlsNo: 'AB123456', image: 'https://example.com/photo.jpg' },
})

const leadsPerPage = 100

const createReportPage = (bid: string, page: number) => {
  const totalCount = bid.startsWith('wide') ? 19_000 : 20
  const first = (page - 1) * leadsPerPage
  const data = Array.from({ length: Math.min(leadsPerPage, totalCount - first) }, (_, at) => createLead(first + at))
  const info = {
    resultsOnPage: data.length,
    totalCount,
    pageNumber: page,
    totalPages: Math.ceil(totalCount / leadsPerPage),
  }
  return { info, data }
}

function* exportChunks(): Generator<string> {
  for (let index = 1; index <= 200_000; index += leadsPerPage) {
    const rows = Array.from(
      { length: leadsPerPage },
      (_, at) => `"${index + at}":${JSON.stringify(createLead(index + at))}`,
    )
    yield `${index === 1 ? '{' : ','}${rows.join(',')}`
  }
  yield '}'
}

/** Respects backpressure. */
const sendExport = (response: ServerResponse): void =>
  void pipeline(Readable.from(exportChunks(), { objectMode: false }), response, () => {})

const emptyVisitors = Buffer.from(`[${Array.from({ length: 5_000_000 }, () => '{}').join(',')}]`)

const record = { id: '1', api_event_id: '7', contact_id: '1', mls: 'AB123456', city: 'Westport', listing_price: '1' }

const answer = (path: string, body: string, response: ServerResponse): unknown => {
  const field = (name: string): string => new RegExp(`name="${name}"\\s+([\\w@.-]+)`).exec(body)?.[1] ?? ''
  if (path.endsWith('/getProperty')) return createProperty(field('sid'))
  if (path.endsWith('/getAccessToken')) return { email: field('email'), ukey: 'ukey', accessToken: 'token' }
  if (path.endsWith('/getRegistrants')) return field('sid') === '9999' ? emptyVisitors : { 1: createLead(1) }
  if (path.endsWith('/v1/getRegistrantsByBrokerage')) return sendExport(response)
  if (path.endsWith('/v2/getRegistrantsByBrokerage')) {
    if (field('bid').startsWith('export')) return { error: 'access-denied' }
    return createReportPage(field('bid'), Number(field('page')))
  }
  return { total: 1, limit: 10, skip: 0, data: [record] }
}

const server = createServer(async (request, response) => {
  response.on('error', () => {})
  const body = await buffer(request).catch(() => Buffer.alloc(0))
  const path = (request.url ?? '').replace(/\?.*/, '')
  response.setHeader('content-type', 'application/json')
  const reply = answer(path, body.toString(), response)
  if (Buffer.isBuffer(reply)) response.end(reply)
  else if (reply !== undefined) response.end(JSON.stringify(reply))
})

server.listen(Number(process.argv[2]), '127.0.0.1', () => process.send?.('ready'))
process.once('disconnect', () => process.exit(0))
