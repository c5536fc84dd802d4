/** LionDesk may send ids as JSON numbers with more digits than a double can represent. No digit may change. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Stub, startStub } from '../../support/stub.ts'
import { openGateway, type TestGateway } from '../../support/test-gateway.ts'

const id = '9007199254740993'
const contactId = '9007199254740995'
const record = (number: string) =>
  `{"id":${number},"api_event_id":${number},"contact_id":${contactId},"mls":12345.10,"zip":90210,"listing_price":499900.50}`

let stub: Stub
let gateway: TestGateway
let requests: string[]

beforeAll(async () => {
  stub = await startStub((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    const isList = request.method === 'GET' && !/\/properties\/\d+$/.test(request.url ?? '')
    response.setHeader('content-type', 'application/json')
    response.end(isList ? `{"total":1,"limit":50,"skip":0,"data":[${record(id)}]}` : record(id))
  })
  gateway = await openGateway(
    { LIONDESK_BASE_URL: stub.url, LIONDESK_ACCESS_TOKEN: 'token', SPACIO_API_KEY: 'key' },
    { bypassesCache: true },
  )
})

beforeEach(() => {
  requests = []
})

afterAll(async () => {
  await gateway.close()
  await stub.close()
})

const expected = { id, eventId: id, contactId, listingId: '12345.10', postalCode: '90210', listPrice: 499900.5 }

test.for(['', '?include=source'])('a list keeps every digit of ids and texts (%j)', async (query) => {
  const { body } = await gateway.get(`/events/7/properties${query}`)
  expect(body.data[0]).toMatchObject(expected)
})

test('a single record has exact ids too', async () => {
  expect((await gateway.get(`/events/7/properties/${id}`)).body).toMatchObject(expected)
})

test('in the source record, an id beyond the range of a double is a string of its digits', async () => {
  for (const path of ['', `/${id}`]) {
    const { body } = await gateway.get(`/events/7/properties${path}?include=source`)
    const { record } = (path === '' ? body.data[0] : body).source
    expect(record).toMatchObject({ id, contact_id: contactId, mls: '12345.10', zip: 90210 })
  }
})

test.for(['DELETE', 'PATCH'])('%s with the id of a list goes to that record', async (method) => {
  const { body } = await gateway.get('/events/7/properties')
  requests = []
  await gateway.send(
    method,
    `/events/7/properties/${body.data[0].id}`,
    method === 'PATCH' ? { city: 'Reno' } : undefined,
    {
      ...(method === 'PATCH' && { 'content-type': 'application/merge-patch+json' }),
    },
  )
  expect(requests).toEqual([`${method} /events/7/properties/${id}`])
})
