import { expect, test } from 'vitest'
import { isSameRecord } from '#src/upstreams/index.ts'
import { eventPropertyMapping } from '#src/upstreams/liondesk/mapping.ts'

const found = (wire: Record<string, unknown>) => eventPropertyMapping.decode({ id: '1', ...wire }, () => {}) as never

const same: [string, object, Record<string, unknown>][] = [
  ['nothing', {}, { city: null, zip: '' }],
  ['null', { city: null }, {}],
  ['a number as text', { listPrice: 499900 }, { listing_price: '499900.00' }],
  ['a number', { listPrice: 499900.5, bedroomsTotal: 2 }, { listing_price: 499900.5, beds: 2 }],
  ['thousands', { livingArea: 10000 }, { square_feet: '10,000' }],
  ['blanks at the ends', { city: ' Reno ' }, { city: 'Reno' }],
  ['parts of a second', { lastSoldAt: '2018-02-16T08:00:00.250Z' }, { last_sold_at: '2018-02-16T08:00:00Z' }],
  ['another zone', { lastSoldAt: '2018-02-16T09:00:00+01:00' }, { last_sold_at: '2018-02-16T08:00:00.000Z' }],
  ['photos apart', { photoUrls: ['https://a/1', 'https://a/2'] }, { images: 'https://a/1, https://a/2' }],
  ['a comma in a photo', { photoUrls: ['https://a/1,2'] }, { images: 'https://a/1%2C2' }],
  ['no photos', { photoUrls: [] }, { images: null }],
  [
    'fields that only the upstream sets',
    { city: 'Reno' },
    { city: 'Reno', half_baths: 1, created_at: '2018-02-16T08:00:00Z' },
  ],
]

test.each(same)('%s: same record', (_name, sent, wire) => {
  expect(isSameRecord(sent, found(wire))).toBe(true)
})

const different: [string, object, Record<string, unknown>][] = [
  ['another text', { city: 'Reno' }, { city: 'reno' }],
  ['a cent', { listPrice: 1.01 }, { listing_price: '1.02' }],
  ['a second', { lastSoldAt: '2018-02-16T08:00:00Z' }, { last_sold_at: '2018-02-16T08:00:01Z' }],
  ['an additional value', { city: 'Reno' }, { city: 'Reno', zip: '89501' }],
  ['a missing value', { city: 'Reno', postalCode: '89501' }, { city: 'Reno' }],
  ['zero instead of null', { daysOnMarket: 0 }, {}],
]

test.each(different)('%s: different record', (_name, sent, wire) => {
  expect(isSameRecord(sent, found(wire))).toBe(false)
})
