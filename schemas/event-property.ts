import { type TSchema, type TUnsafe, Type } from 'typebox'
import {
  component,
  integerOrNull,
  numberOrNull,
  text,
  textList,
  textOrNull,
  timeOrNull,
  visibleText,
} from './fields.ts'
import { source } from './source.ts'

export const EventProperty = component(
  'EventProperty',
  'The property attached to a CRM event.',
  {
    id: textOrNull('Id of the event property; null if the upstream does not return it.'),
    eventId: text('Id of the event. Read-only.'),
    contactId: textOrNull('Id of the event’s contact. Read-only.'),
    listingId: textOrNull('The MLS number.'),
    listingUrl: textOrNull('Page of the listing; null if it is not an http or https URL.'),
    unparsedAddress: textOrNull('Street part of the address.'),
    city: textOrNull('City.'),
    stateOrProvince: textOrNull('State or province.'),
    postalCode: textOrNull('Postal code; text, since it may begin with a zero.'),
    bedroomsTotal: integerOrNull('Number of bedrooms.'),
    bathroomsFull: integerOrNull('Number of full bathrooms.'),
    bathroomsHalf: integerOrNull('Number of half bathrooms. Read-only.'),
    propertySubType: textOrNull('Kind of property, in words, e.g. `Condo`.'),
    livingArea: numberOrNull('Living area in square feet.'),
    listPrice: numberOrNull('Asking price; the upstream states no currency.'),
    mlsStatus: textOrNull('Status of the listing, in words, e.g. `For Sale`.'),
    daysOnMarket: integerOrNull('Days on market.'),
    estimatedValue: numberOrNull('Estimated value.'),
    lastSoldAt: timeOrNull('When it was last sold.'),
    lastSoldPrice: numberOrNull('Price at which it was last sold.'),
    latitude: numberOrNull('Latitude in degrees, north positive.'),
    longitude: numberOrNull('Longitude in degrees, east positive.'),
    photoUrls: textList('Photos, the main one first; only http and https URLs.'),
    yearBuilt: integerOrNull('Year of construction.'),
    onMarketTimestamp: timeOrNull('When it was listed.'),
    createdAt: timeOrNull('Time at which the record was created; null if the upstream does not return it. Read-only.'),
    source,
  },
  {
    id: '10',
    eventId: '7',
    contactId: '1',
    listingId: 'AB123456',
    listingUrl: 'https://listings.example.com/10101',
    unparsedAddress: '231 Seawall Ave.',
    city: 'San Diego',
    stateOrProvince: 'CA',
    postalCode: '92101',
    bedroomsTotal: 2,
    bathroomsFull: 2,
    bathroomsHalf: 0,
    propertySubType: 'Apartment',
    livingArea: 1840,
    listPrice: 2300000,
    mlsStatus: 'For Sale',
    daysOnMarket: 100,
    estimatedValue: 2350000,
    lastSoldAt: '2018-02-16T08:00:00Z',
    lastSoldPrice: 1750000,
    latitude: 32.715738,
    longitude: -117.161084,
    photoUrls: ['https://photos.example.com/10101.jpg'],
    yearBuilt: 1998,
    onMarketTimestamp: '2026-02-16T08:00:00Z',
    createdAt: null,
  },
)

const createSettable = <Value>(type: string, limits: Record<string, unknown>, description: string) =>
  Type.Optional(Type.Unsafe<Value | null>({ type: [type, 'null'], ...limits, description }) as TUnsafe<Value | null>)

/** Text needs a visible character, because a missing value is always null. */
const createText = (maxLength: number | undefined, description: string) =>
  createSettable<string>('string', { ...(maxLength && { maxLength }), ...visibleText }, description)

const createCount = (maximum: number, description: string) =>
  createSettable<number>('integer', { minimum: 0, maximum }, description)

const createAmount = (description: string) =>
  createSettable<number>('number', { minimum: 0, maximum: 1e12, multipleOf: 0.01 }, description)

const createDegrees = (bound: number, description: string) =>
  createSettable<number>('number', { minimum: -bound, maximum: bound }, description)

const createMoment = (description: string) => createSettable<string>('string', { format: 'date-time' }, description)

const maxInteger = 2_147_483_647

/** LionDesk's maximum length of all photo URLs, joined with commas. */
export const maxPhotoUrlsLength = 255

const writable = {
  listingId: createText(undefined, 'The MLS number.'),
  listingUrl: createSettable<string>(
    'string',
    { maxLength: 200, 'x-web-url': true },
    'Page of the listing: an http or https URL.',
  ),
  unparsedAddress: createText(200, 'Street part of the address.'),
  city: createText(200, 'City.'),
  stateOrProvince: createText(200, 'State or province.'),
  postalCode: createText(200, 'Postal code.'),
  bedroomsTotal: createCount(maxInteger, 'Number of bedrooms.'),
  bathroomsFull: createCount(maxInteger, 'Number of full bathrooms.'),
  propertySubType: createText(45, 'Kind of property, in words.'),
  livingArea: createSettable<number>('number', { minimum: 0, maximum: 1e12 }, 'Living area in square feet.'),
  listPrice: createAmount('Asking price.'),
  mlsStatus: createText(45, 'Status of the listing, in words.'),
  daysOnMarket: createCount(maxInteger, 'Days on market.'),
  estimatedValue: createAmount('Estimated value.'),
  lastSoldAt: createMoment('When it was last sold.'),
  lastSoldPrice: createAmount('Price at which it was last sold.'),
  latitude: createDegrees(90, 'Latitude in degrees, north positive.'),
  longitude: createDegrees(180, 'Longitude in degrees, east positive.'),
  photoUrls: Type.Optional(
    Type.Unsafe<string[] | null>({
      type: ['array', 'null'],
      items: { type: 'string', format: 'uri', pattern: '^https?://' },
      description: `Photos, the main one first. Joined with commas, they have at most ${maxPhotoUrlsLength} characters.`,
    }),
  ),
  yearBuilt: createCount(9999, 'Year of construction.'),
  onMarketTimestamp: createMoment('When it was listed.'),
} satisfies Record<string, TSchema>

/** A write that contains a read-only field gets 422, but an unknown field gets 400. */
const readOnly = { 'x-read-only': ['id', 'eventId', 'contactId', 'bathroomsHalf', 'createdAt', 'source'] }

export const EventPropertyPatch = Type.Object(writable, {
  $id: 'EventPropertyPatch',
  description: 'A JSON merge patch (RFC 7396). Null clears a field; omitted fields stay unchanged.',
  additionalProperties: false,
  examples: [{ mlsStatus: 'Sold', listPrice: 2250000, daysOnMarket: null }],
  ...readOnly,
})

export const NewEventProperty = Type.Object(
  {
    ...writable,
    fromSid: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 9_999_999_999,
        description:
          'Spacio id of a property that supplies the missing fields. Fields in the body override it, including null.',
      }),
    ),
  },
  {
    $id: 'NewEventProperty',
    description: 'The property to attach to the event. It needs at least one field that is not null, or `fromSid`.',
    additionalProperties: false,
    examples: [{ fromSid: 10101, mlsStatus: 'For Sale' }],
    ...readOnly,
  },
)
