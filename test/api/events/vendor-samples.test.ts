/** The vendor's own samples, through the whole gateway. They have no `id`. */
import { expect, test } from 'vitest'
import { fullInput, listRequests, readFixture, useSandboxAndGateway } from '../../support/liondesk.ts'

const foyer = useSandboxAndGateway()

/** Sets LionDesk's replies to the next calls. */
const answer = (body: unknown, status = 200) =>
  foyer().sandbox.control.liondesk.fault({ operation: '*', kind: 'body', body, status })

const readOnlyOfSample = { id: null, eventId: '7', contactId: '1', createdAt: null }

const first = { ...fullInput, ...readOnlyOfSample, bathroomsHalf: 2 }

const second = {
  id: null,
  eventId: '7',
  contactId: '2',
  listingId: '7661634',
  listingUrl: 'https://www.fakerealestate.com/fake-listings/7661634',
  unparsedAddress: '345 Fake Street',
  city: 'Vancouver',
  stateOrProvince: 'WA',
  postalCode: '98105',
  bedroomsTotal: 2,
  bathroomsFull: 2,
  bathroomsHalf: 1,
  propertySubType: 'Condo',
  livingArea: 20000,
  listPrice: 135000,
  mlsStatus: 'Sold',
  daysOnMarket: 1,
  estimatedValue: 150000,
  lastSoldAt: '2019-02-16T08:00:00Z',
  lastSoldPrice: 510000,
  latitude: 37.303288,
  longitude: -82.492884,
  photoUrls: ['http://lorempixel.com/640/480/', 'http://lorempixel.com/480/640/'],
  yearBuilt: 2009,
  onMarketTimestamp: '2018-02-16T08:00:00Z',
  createdAt: null,
}

test('the get sample is one canonical record with a null id', async () => {
  answer(readFixture('get-reply'))

  expect((await foyer().get('/events/7/properties/1')).body).toEqual(first)
})

test('the find sample is a page of two', async () => {
  answer(readFixture('find-reply'))

  expect((await foyer().get('/events/7/properties')).body).toEqual({
    data: [first, second],
    pagination: { total: 2, limit: 50, offset: 0 },
  })
})

test('a record without an event id belongs to the requested event', async () => {
  const { api_event_id: _event, ...record } = readFixture('get-reply')
  answer(record)

  expect((await foyer().get('/events/42/properties/1')).body).toEqual({ ...first, eventId: '42' })
})

test('a create reply without an id yields no Location', async () => {
  answer(readFixture('get-reply'), 201)

  const reply = await foyer().send('POST', '/events/7/properties', fullInput)
  expect(reply.status).toBe(201)
  expect(reply.body).toEqual(first)
  expect(reply.headers).not.toHaveProperty('location')
})

test.for([
  ['an empty body', ''],
  ['an empty object', '{}'],
])('a create that returns %s yields the sent values', async ([, body]) => {
  answer(body, 201)

  const reply = await foyer().send('POST', '/events/7/properties', fullInput)
  expect(reply.status).toBe(201)
  expect(reply.body).toEqual({ ...first, bathroomsHalf: null, contactId: null })
  expect(reply.headers).not.toHaveProperty('location')
})

test('a canonical record encodes to the submit sample, except for number formats', async () => {
  await foyer().send('POST', '/events/7/properties', fullInput)

  expect(listRequests(foyer())[0]?.body).toEqual({
    ...readFixture('submit-body'),
    square_feet: '10000',
    listing_price: '499900',
    estimated_value: '500000',
  })
})

test('a sandbox without ids replies like the samples', async () => {
  foyer().sandbox.control.liondesk.set({ omitId: true, omitCreatedAt: true })

  const created = await foyer().send('POST', '/events/9/properties', { city: 'Reno' })

  expect(created).toMatchObject({ status: 201, body: { id: null, createdAt: null, city: 'Reno' } })
  expect(created.headers).not.toHaveProperty('location')
})
