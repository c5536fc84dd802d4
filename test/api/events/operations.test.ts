/** The five operations of LionDesk by name: the request that the upstream received, and the canonical reply. */
import { expect, test } from 'vitest'
import { fullInput, listRequests, useSandboxAndGateway } from '../../support/liondesk.ts'

const foyer = useSandboxAndGateway()

/** The headers of every call. A call with a body has two more. */
const commonHeaders = () => ({
  accept: 'application/json',
  'accept-encoding': 'gzip, br',
  authorization: `Bearer ${foyer().sandbox.liondesk.accessToken}`,
  connection: 'keep-alive',
  host: new URL(foyer().sandbox.liondesk.url).host,
})

const wireBody = {
  mls: '1021712',
  url: 'https://www.fakerealestate.com/fake-listings/1021712',
  address: '123 Real Street',
  city: 'San Diego',
  state: 'CA',
  zip: '90210',
  beds: '1',
  full_baths: '1',
  type: 'Single Family Home',
  square_feet: '10000',
  listing_price: '499900',
  listing_status: 'For Sale',
  listing_days_on_market: '100',
  estimated_value: '500000',
  last_sold_at: '2018-02-16T08:00:00.000Z',
  last_sold_price: '202580',
  latitude: '40.760612',
  longitude: '-121.269237',
  images: 'http://lorempixel.com/640/480/',
  year_built: '2018',
  listed_at: '2017-02-16T08:00:00.000Z',
}

const getCanonical = (record: Record<string, string | null>) => {
  const number = (name: string) => (record[name] ? Number(record[name]?.replaceAll(',', '')) : null)
  const time = (name: string) => record[name]?.replace('.000Z', 'Z') ?? null
  return {
    id: record.id,
    eventId: record.api_event_id,
    contactId: record.contact_id,
    listingId: record.mls,
    listingUrl: record.url,
    unparsedAddress: record.address,
    city: record.city,
    stateOrProvince: record.state,
    postalCode: record.zip,
    bedroomsTotal: number('beds'),
    bathroomsFull: number('full_baths'),
    bathroomsHalf: number('half_baths'),
    propertySubType: record.type,
    livingArea: number('square_feet'),
    listPrice: number('listing_price'),
    mlsStatus: record.listing_status,
    daysOnMarket: number('listing_days_on_market'),
    estimatedValue: number('estimated_value'),
    lastSoldAt: time('last_sold_at'),
    lastSoldPrice: number('last_sold_price'),
    latitude: number('latitude'),
    longitude: number('longitude'),
    photoUrls: record.images ? record.images.split(', ') : [],
    yearBuilt: number('year_built'),
    onMarketTimestamp: time('listed_at'),
    createdAt: time('created_at'),
  }
}

const getRecords = (eventId: string) => foyer().sandbox.control.liondesk.records(eventId) as Record<string, any>[]

test('find: GET with $limit and $skip returns a page of canonical records with links', async () => {
  const reply = await foyer().get('/events/7/properties')

  expect(reply.status).toBe(200)
  expect(reply.body).toEqual({
    data: getRecords('7').map(getCanonical),
    pagination: { total: 2, limit: 50, offset: 0 },
  })
  expect(reply.headers.link).toBe(
    '</events/7/properties?limit=50&offset=0>; rel="first", </events/7/properties?limit=50&offset=0>; rel="last"',
  )
  expect(listRequests(foyer())).toMatchObject([
    { method: 'GET', path: '/events/7/properties', query: '%24limit=50&%24skip=0&%24sort%5Bid%5D=1' },
  ])
  expect(listRequests(foyer())[0]?.headers).toEqual(commonHeaders())
})

test('get: GET by id returns one canonical record', async () => {
  const reply = await foyer().get('/events/7/properties/1')

  expect(reply.status).toBe(200)
  expect(reply.body).toEqual(getCanonical(getRecords('7')[0] as never))
  expect(listRequests(foyer())).toMatchObject([{ method: 'GET', path: '/events/7/properties/1', query: '' }])
  expect(listRequests(foyer())[0]?.headers).toEqual(commonHeaders())
})

test('create: POST of the wire record returns 201 with Location', async () => {
  const reply = await foyer().send('POST', '/events/7/properties', fullInput)

  expect(reply.status).toBe(201)
  const [, , created] = getRecords('7')
  expect(reply.body).toEqual({ ...getCanonical(created as never), ...fullInput, bathroomsHalf: null })
  expect(reply.headers.location).toBe(`/events/7/properties/${created?.id}`)
  expect(listRequests(foyer())).toMatchObject([{ method: 'POST', path: '/events/7/properties', query: '' }])
  expect(listRequests(foyer())[0]?.body).toEqual(wireBody)
  expect(listRequests(foyer())[0]?.headers).toEqual({
    ...commonHeaders(),
    'content-type': 'application/json',
    'content-length': String(JSON.stringify(wireBody).length),
  })
})

test('patch: PATCH sends only the given fields', async () => {
  const before = getRecords('7')[0]

  const reply = await foyer().send('PATCH', '/events/7/properties/1', { mlsStatus: 'Sold', listPrice: 510_000.5 })

  expect(reply.status).toBe(200)
  expect(reply.body).toEqual({ ...getCanonical(before as never), mlsStatus: 'Sold', listPrice: 510_000.5 })
  const wire = { listing_price: '510000.5', listing_status: 'Sold' }
  expect(listRequests(foyer())).toMatchObject([{ method: 'PATCH', path: '/events/7/properties/1', query: '' }])
  expect(listRequests(foyer())[0]?.body).toEqual(wire)
  expect(listRequests(foyer())[0]?.headers).toEqual({
    ...commonHeaders(),
    'content-type': 'application/json',
    'content-length': String(JSON.stringify(wire).length),
  })
})

test('remove: DELETE by id returns 204 without a body', async () => {
  const reply = await foyer().send('DELETE', '/events/7/properties/2')

  expect(reply.status).toBe(204)
  expect(reply.text).toBe('')
  expect(getRecords('7').map(({ id }) => id)).toEqual(['1'])
  expect(listRequests(foyer())).toMatchObject([{ method: 'DELETE', path: '/events/7/properties/2', query: '' }])
  expect(listRequests(foyer())[0]?.headers).toEqual(commonHeaders())
  expect((await foyer().get('/events/7/properties/2')).body).toMatchObject({ code: 'not-found' })
})

test('include=source adds the unchanged wire record', async () => {
  const [record] = getRecords('7')
  const one = await foyer().get('/events/7/properties/1?include=source')
  const list = await foyer().get('/events/7/properties?include=source&limit=1')

  expect(one.body.source).toMatchObject({ system: 'liondesk', operation: 'get', record })
  expect(list.body.data[0].source).toMatchObject({ system: 'liondesk', operation: 'find', record })
})

test('the source of a created record is the reply, not the request', async () => {
  const record = { id: 99, mls: '5' }
  foyer().sandbox.control.liondesk.fault({ operation: 'create', kind: 'body', body: record, status: 201 })

  const reply = await foyer().send('POST', '/events/7/properties?include=source', { listingId: '5', city: 'Reno' })

  expect(reply.body).toMatchObject({ id: '99', listingId: '5', city: 'Reno' })
  expect(reply.body.source.record).toEqual(record)
})
