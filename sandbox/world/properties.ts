import { alphanumeric, hexadecimal, type Random } from '../random.ts'
import type { Agent, Property } from './types.ts'

const streets = [
  'Alder Lane',
  'Beacon Road',
  'Cypress Court',
  'Dunes Avenue',
  'Elm Crescent',
  'Ferry Street',
  'Grove Walk',
]
const places = [
  { city: 'Westport', state: 'CT', zip: '06880' },
  { city: 'Southbury', state: 'CT', zip: '06488' },
  { city: 'Hoboken', state: 'NJ', zip: '07030' },
  { city: 'San Diego', state: 'CA', zip: '92101' },
  { city: 'Vancouver', state: 'WA', zip: '98660' },
  { city: 'Montréal', state: 'QC', zip: 'H2X 1Y4' },
]
const kinds = ['Apartment', 'House', 'Townhouse', 'Condo', 'Duplex', 'Loft']
const moods = ['Sunlit', 'Quiet', 'Renovated', 'Corner', 'Garden', 'Lakeside', 'Señorial', '海景']
const bathCounts = [1, 1, 2, 2, 2.5, 3, 3.5]
const capitals = alphanumeric.slice(0, 24)

const formatPrice = (random: Random, amount: number): string =>
  random.chance(0.4) ? `$${amount.toLocaleString('en-US')}` : String(amount)

/** The first two resemble the vendor's samples, with each price format and each kind of missing value. */
const fixedProperties: readonly Partial<Property>[] = [
  {
    title: 'Waterfront apartment by the bay',
    price: '2300000',
    beds: 2,
    baths: 2,
    dimens: -1,
    type: 'Apartment',
    addr1: '231 Seawall Ave.',
    addr2: '',
    url: 'https://example.com',
    mlsNo: 'AB123456',
  },
  { price: '$2,500,000', beds: -1, baths: -1, dimens: -1, type: 'Apartment', addr2: '', url: '', mlsNo: 'CD234567' },
  { price: '1875000', beds: 4, baths: 2.5, dimens: 2410, addr2: 'Unit 12' },
]

function makeProperty(random: Random, sid: number, email: string): Property {
  const place = random.pick(places)
  const kind = random.pick(kinds)
  const amount = random.integer(250, 4200) * 1000 + (random.chance(0.2) ? 900 : 0)
  return {
    title: `${random.pick(moods)} ${kind.toLowerCase()} in ${place.city}`,
    price: formatPrice(random, amount),
    beds: random.chance(0.1) ? -1 : random.integer(0, 6),
    baths: random.chance(0.1) ? -1 : random.pick(bathCounts),
    dimens: random.chance(0.3) ? -1 : random.integer(420, 5200),
    type: kind,
    email,
    addr1: `${random.integer(1, 990)} ${random.pick(streets)}`,
    addr2: random.chance(0.6) ? '' : `Unit ${random.integer(1, 60)}`,
    url: random.chance(0.4) ? '' : `https://example.com/listings/${sid}`,
    sid,
    mlsNo: random.text(2, capitals) + random.integer(100000, 999999),
    image: `https://example.com/photos/${random.text(24, hexadecimal)}_property.jpg`,
    ...place,
  }
}

export function makeProperties(random: Random, agents: readonly Agent[]): Property[] {
  return Array.from({ length: 60 }, (_, index) => {
    const agent = agents[index % agents.length]
    if (agent === undefined) throw new Error('A property needs an agent')
    return { ...makeProperty(random, 10101 + index, agent.email), ...fixedProperties[index] }
  })
}
