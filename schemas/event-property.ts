import { type TSchema, type TUnsafe, Type } from 'typebox'
import { component, integerOrNull, numberOrNull, text, textList, textOrNull, timeOrNull } from './fields.ts'
import { source } from './source.ts'

export const EventProperty = component(
  'EventProperty',
  'The property attached to a CRM event.',
  {
    id: textOrNull('Id of the event property; null if the upstream does not return it.'),
    eventId: text('Id of the event. Read-only.'),
    contactId: textOrNull('Id of the event’s contact. Read-only.'),
    listingId: textOrNull('The MLS number.'),
    listingUrl: textOrNull('Page of the listing.'),
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
    photoUrls: textList('Photos, the main one first.'),
    yearBuilt: integerOrNull('Year of construction.'),
    onMarketTimestamp: timeOrNull('When it was listed.'),
    createdAt: timeOrNull('Time at which the record was created; null if the upstream does not return it. Read-only.'),
    source,
  },
  {
    id: '10',
    eventId: '7',
    contactId: '1',
    listingId: '1021712',
    listingUrl: 'https://listings.example.com/1021712',
    unparsedAddress: '123 Real Street',
    city: 'San Diego',
    stateOrProvince: 'CA',
    postalCode: '90210',
    bedroomsTotal: 1,
    bathroomsFull: 1,
    bathroomsHalf: 2,
    propertySubType: 'Single Family Home',
    livingArea: 10000,
    listPrice: 499900,
    mlsStatus: 'For Sale',
    daysOnMarket: 100,
    estimatedValue: 500000,
    lastSoldAt: '2018-02-16T08:00:00Z',
    lastSoldPrice: 202580,
    latitude: 40.760612,
    longitude: -121.269237,
    photoUrls: ['https://photos.example.com/1021712.jpg'],
    yearBuilt: 2018,
    onMarketTimestamp: '2017-02-16T08:00:00Z',
    createdAt: null,
  },
)

const settable = <Value>(type: string, limits: Record<string, unknown>, description: string) =>
  Type.Optional(Type.Unsafe<Value | null>({ type: [type, 'null'], ...limits, description }) as TUnsafe<Value | null>)

/** Texts hold at least one visible character: absent is null, never an empty text. */
const shortText = (maxLength: number | undefined, description: string) =>
  settable<string>('string', { ...(maxLength && { maxLength }), pattern: '\\S' }, description)

const countUpTo = (maximum: number, description: string) =>
  settable<number>('integer', { minimum: 0, maximum }, description)

const amount = (description: string) =>
  settable<number>('number', { minimum: 0, maximum: 1e12, multipleOf: 0.01 }, description)

const degrees = (bound: number, description: string) =>
  settable<number>('number', { minimum: -bound, maximum: bound }, description)

const moment = (description: string) => settable<string>('string', { format: 'date-time' }, description)

const largestInteger = 2_147_483_647

/** The longest text that the upstream takes for all photos, joined with commas. */
export const photoUrlsMaxLength = 255

const writable = {
  listingId: shortText(undefined, 'The MLS number.'),
  listingUrl: shortText(200, 'Page of the listing.'),
  unparsedAddress: shortText(200, 'Street part of the address.'),
  city: shortText(200, 'City.'),
  stateOrProvince: shortText(200, 'State or province.'),
  postalCode: shortText(200, 'Postal code.'),
  bedroomsTotal: countUpTo(largestInteger, 'Number of bedrooms.'),
  bathroomsFull: countUpTo(largestInteger, 'Number of full bathrooms.'),
  propertySubType: shortText(45, 'Kind of property, in words.'),
  livingArea: settable<number>('number', { minimum: 0, maximum: 1e12 }, 'Living area in square feet.'),
  listPrice: amount('Asking price.'),
  mlsStatus: shortText(45, 'Status of the listing, in words.'),
  daysOnMarket: countUpTo(largestInteger, 'Days on market.'),
  estimatedValue: amount('Estimated value.'),
  lastSoldAt: moment('When it was last sold.'),
  lastSoldPrice: amount('Price at which it was last sold.'),
  latitude: degrees(90, 'Latitude in degrees, north positive.'),
  longitude: degrees(180, 'Longitude in degrees, east positive.'),
  photoUrls: Type.Optional(
    Type.Unsafe<string[] | null>({
      type: ['array', 'null'],
      items: { type: 'string', format: 'uri', pattern: '^https?://' },
      description: `Photos, the main one first. Joined with commas, they have at most ${photoUrlsMaxLength} characters.`,
    }),
  ),
  yearBuilt: countUpTo(9999, 'Year of construction.'),
  onMarketTimestamp: moment('When it was listed.'),
} satisfies Record<string, TSchema>

/** Fields that a reader sees and a writer may not send: naming one is 422, not the 400 of an unknown field. */
const readOnly = { 'x-read-only': ['id', 'eventId', 'contactId', 'bathroomsHalf', 'createdAt', 'source'] }

export const EventPropertyPatch = Type.Object(writable, {
  $id: 'EventPropertyPatch',
  description: 'A JSON merge patch (RFC 7396). Null clears a field; omitted fields stay unchanged.',
  additionalProperties: false,
  examples: [{ mlsStatus: 'Sold', listPrice: 510000, daysOnMarket: null }],
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
    examples: [{ listingId: '1021712', city: 'San Diego', stateOrProvince: 'CA', listPrice: 499900.5, fromSid: 10101 }],
    ...readOnly,
  },
)
