import type { Random } from '../random.ts'
import { dayMs, formatIsoTime, hourMs } from '../time.ts'
import type { EventProperty, LionDeskEvent, LionDeskUser } from './types.ts'

export const users: readonly LionDeskUser[] = [
  { id: '1', first_name: 'Robin', last_name: 'Vale', email: 'robin.vale@example.com' },
  { id: '2', first_name: 'Noor', last_name: 'Haddad', email: 'noor.haddad@example.com' },
]

/** 7 and 8 have the same contact, 13 was not created through the API, 15 belongs to another user, 17 is shared by that user. */
export const events: readonly LionDeskEvent[] = Array.from({ length: 20 }, (_, index) => {
  const number = index + 1
  return {
    id: String(number),
    contactId: String(number === 7 || number === 8 ? 1 : 100 + number),
    source: number === 13 ? 'web' : 'api',
    ownerId: number === 15 || number === 17 ? '2' : '1',
    shared: number === 17,
  }
})

const recordCounts = new Map([
  ['7', 2],
  ['9', 0],
  ['11', 60],
])

const cities = [
  { city: 'San Diego', state: 'CA', zip: '92101', latitude: '32.715738', longitude: '-117.161084' },
  { city: 'Vancouver', state: 'WA', zip: '98660', latitude: '45.631478', longitude: '-122.671563' },
  { city: 'Westport', state: 'CT', zip: '06880', latitude: '41.141472', longitude: '-73.357905' },
  { city: 'Spokane', state: 'WA', zip: '99201', latitude: '47.658780', longitude: '-117.426047' },
]
const kinds = ['Single Family Home', 'Condo', 'Townhouse']
const statuses = ['For Sale', 'Sold', 'Pending', 'Off market']

const makeAmount = (random: Random, low: number, high: number): string => {
  const amount = random.integer(low, high) * 100
  return random.chance(0.5) ? `${amount}.00` : String(amount)
}

const makeMoment = (random: Random, now: number): string =>
  new Date(Math.floor((now - random.integer(1, 2000) * dayMs) / dayMs) * dayMs + dayMs / 3).toISOString()

const makePhotos = (random: Random, id: number): string => {
  const urls = Array.from(
    { length: random.integer(1, 3) },
    (_, index) => `https://example.com/photos/${id}-${index}.jpg`,
  )
  return urls.join(', ')
}

function makeRecord(random: Random, id: number, event: LionDeskEvent, now: number): EventProperty {
  const mls = String(random.integer(1000000, 9999999))
  const squareFeet = random.integer(600, 12000)
  return {
    id: String(id),
    api_event_id: event.id,
    contact_id: event.contactId,
    mls,
    url: `https://example.com/listings/${mls}`,
    address: `${random.integer(1, 900)} Orchard Street`,
    ...random.pick(cities),
    beds: String(random.integer(1, 12)),
    full_baths: String(random.integer(1, 4)),
    half_baths: String(random.integer(0, 2)),
    type: random.pick(kinds),
    square_feet: random.chance(0.6) ? squareFeet.toLocaleString('en-US') : String(squareFeet),
    listing_price: makeAmount(random, 900, 25000),
    listing_status: random.pick(statuses),
    listing_days_on_market: String(random.integer(0, 400)),
    estimated_value: makeAmount(random, 900, 25000),
    last_sold_at: random.chance(0.2) ? null : makeMoment(random, now),
    last_sold_price: random.chance(0.2) ? null : makeAmount(random, 500, 20000),
    images: random.chance(0.1) ? '' : makePhotos(random, id),
    year_built: String(random.integer(1890, 2024)),
    listed_at: makeMoment(random, now),
    created_at: formatIsoTime(now - (500 - id) * hourMs),
  }
}

/** The property of event 7 that the demo calls use. */
const first = {
  mls: '1021712',
  url: 'https://example.com/listings/1021712',
  address: '123 Orchard Street',
  city: 'San Diego',
  state: 'CA',
  zip: '92101',
  latitude: '32.715738',
  longitude: '-117.161084',
  beds: '1',
  full_baths: '1',
  half_baths: '2',
  square_feet: '10,000',
  listing_price: '499900.00',
  images: 'https://example.com/photos/640/480/',
}
const second = {
  mls: '7661634',
  url: 'https://example.com/listings/7661634',
  city: 'Spokane',
  state: 'WA',
  zip: '99201',
  latitude: '47.658780',
  longitude: '-117.426047',
  beds: '2',
  square_feet: '20000',
  listing_price: '135000',
  images: 'https://example.com/photos/640/480/, https://example.com/photos/480/640/',
}
const vendorRecords = new Map([
  [1, first],
  [2, second],
])

export function makeEventProperties(random: Random, now: number): EventProperty[] {
  const seventhFirst = [...events].sort((left, right) => Number(right.id === '7') - Number(left.id === '7'))
  const records: EventProperty[] = []
  for (const event of seventhFirst) {
    const count = recordCounts.get(event.id) ?? random.integer(1, 4)
    for (let index = 0; index < count; index++) {
      const id = records.length + 1
      records.push({ ...makeRecord(random, id, event, now), ...vendorRecords.get(id) })
    }
  }
  return records
}
