import { EventProperty } from '#schemas/event-property.ts'
import { areaText, commaList, decimal, identifier, integer, isoTime, money, text } from '#src/mapping/codecs.ts'
import { defineMapping } from '#src/mapping/mapping.ts'

/** The mapping of event properties in both directions. Source: the vendor's page "Event Properties". */
export const eventPropertyMapping = defineMapping(
  'liondesk.eventProperty',
  EventProperty,
  {
    id: { from: 'id', codec: identifier, reso: null, readOnly: true },
    eventId: { from: 'api_event_id', codec: identifier, reso: null, readOnly: true, orFromContext: true },
    contactId: { from: 'contact_id', codec: identifier, reso: 'Contacts.ContactKey', readOnly: true },
    listingId: { from: 'mls', codec: text, reso: 'Property.ListingId' },
    listingUrl: { from: 'url', codec: text, reso: null },
    unparsedAddress: { from: 'address', codec: text, reso: 'Property.UnparsedAddress' },
    city: { from: 'city', codec: text, reso: 'Property.City' },
    stateOrProvince: { from: 'state', codec: text, reso: 'Property.StateOrProvince' },
    postalCode: { from: 'zip', codec: text, reso: 'Property.PostalCode' },
    bedroomsTotal: { from: 'beds', codec: integer, reso: 'Property.BedroomsTotal' },
    bathroomsFull: { from: 'full_baths', codec: integer, reso: 'Property.BathroomsFull' },
    bathroomsHalf: { from: 'half_baths', codec: integer, reso: 'Property.BathroomsHalf', readOnly: true },
    propertySubType: { from: 'type', codec: text, reso: 'Property.PropertySubType' },
    livingArea: { from: 'square_feet', codec: areaText, reso: 'Property.LivingArea' },
    listPrice: { from: 'listing_price', codec: money, reso: 'Property.ListPrice' },
    mlsStatus: { from: 'listing_status', codec: text, reso: 'Property.MlsStatus' },
    daysOnMarket: { from: 'listing_days_on_market', codec: integer, reso: 'Property.DaysOnMarket' },
    estimatedValue: { from: 'estimated_value', codec: money, reso: null },
    lastSoldAt: { from: 'last_sold_at', codec: isoTime, reso: null },
    lastSoldPrice: { from: 'last_sold_price', codec: money, reso: null },
    latitude: { from: 'latitude', codec: decimal, reso: 'Property.Latitude' },
    longitude: { from: 'longitude', codec: decimal, reso: 'Property.Longitude' },
    photoUrls: { from: 'images', codec: commaList, reso: 'Media.MediaURL' },
    yearBuilt: { from: 'year_built', codec: integer, reso: 'Property.YearBuilt' },
    onMarketTimestamp: { from: 'listed_at', codec: isoTime, reso: 'Property.OnMarketTimestamp' },
    createdAt: { from: 'created_at', codec: isoTime, reso: null, readOnly: true },
  },
  { writable: true },
)

/** All mapping tables of LionDesk. */
export const liondeskMappings = [eventPropertyMapping]
