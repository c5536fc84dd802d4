import { Contact } from '#schemas/contact.ts'
import { CrmEvent } from '#schemas/crm-event.ts'
import { EventProperty } from '#schemas/event-property.ts'
import { areaText, commaUrls, decimal, identifier, integer, isoTime, money, text, webUrl } from '#src/mapping/codecs.ts'
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
    listingUrl: { from: 'url', codec: webUrl, reso: null },
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
    photoUrls: { from: 'images', codec: commaUrls, reso: 'Media.MediaURL' },
    yearBuilt: { from: 'year_built', codec: integer, reso: 'Property.YearBuilt' },
    onMarketTimestamp: { from: 'listed_at', codec: isoTime, reso: 'Property.OnMarketTimestamp' },
    createdAt: { from: 'created_at', codec: isoTime, reso: null, readOnly: true },
  },
  { writable: true },
)

/** Source: the vendor's page "Contacts". RESO's Anniversary is that of a wedding, LionDesk's that of a purchase or sale. */
export const contactMapping = defineMapping('liondesk.contact', Contact, {
  id: { from: 'id', codec: identifier, reso: 'Contacts.ContactKey', orFromContext: true },
  firstName: { from: 'first_name', codec: text, reso: 'Contacts.FirstName' },
  lastName: { from: 'last_name', codec: text, reso: 'Contacts.LastName' },
  email: { from: 'email', codec: text, reso: 'Contacts.Email' },
  mobilePhone: { from: 'mobile_phone', codec: text, reso: 'Contacts.MobilePhone' },
  homePhone: { from: 'home_phone', codec: text, reso: 'Contacts.HomePhone' },
  officePhone: { from: 'office_phone', codec: text, reso: 'Contacts.OfficePhone' },
  fax: { from: 'fax', codec: text, reso: null },
  company: { from: 'company', codec: text, reso: 'Contacts.Company' },
  birthdate: { from: 'birthday', codec: text, reso: 'Contacts.Birthdate' },
  anniversary: { from: 'anniversary', codec: text, reso: null },
  spousePartnerName: { from: 'spouse_name', codec: text, reso: 'Contacts.SpousePartnerName' },
  spousePartnerEmail: { from: 'spouse_email', codec: text, reso: null },
  spousePartnerPhone: { from: 'spouse_phone', codec: text, reso: null },
  spousePartnerBirthdate: { from: 'spouse_birthday', codec: text, reso: null },
  tags: { from: 'tags', codec: text, reso: null },
  ownerUserId: { from: 'owner_user_id', codec: identifier, reso: 'Contacts.OwnerMemberKey' },
  assignedUserId: { from: 'assigned_user_id', codec: identifier, reso: null },
  hotnessId: { from: 'hotness_id', codec: identifier, reso: null },
  sourceId: { from: 'source_id', codec: identifier, reso: null },
  createdAt: { from: 'created_at', codec: isoTime, reso: 'Contacts.OriginalEntryTimestamp' },
  modifiedAt: { from: 'modified_at', codec: isoTime, reso: 'Contacts.ModificationTimestamp' },
})

/** Source: the vendor's page "Events". The layout of `property` is not documented; event properties have routes of their own. */
export const eventMapping = defineMapping(
  'liondesk.event',
  CrmEvent,
  {
    id: { from: 'id', codec: identifier, reso: null, orFromContext: true },
    contactId: { from: 'contact_id', codec: identifier, reso: 'Contacts.ContactKey' },
    userId: { from: 'user_id', codec: identifier, reso: null },
    type: { from: 'type', codec: text, reso: null },
    description: { from: 'description', codec: text, reso: null },
    siteDomain: { from: 'site_domain', codec: text, reso: null },
    origin: { from: 'source', codec: text, reso: null },
    dialerSessionId: { from: 'dialer_session_id', codec: identifier, reso: null },
    createdAt: { from: 'created_at', codec: isoTime, reso: null },
    modifiedAt: { from: 'modified_at', codec: isoTime, reso: null },
  },
  { ignored: ['property'] },
)

/** All mapping tables of LionDesk. */
export const liondeskMappings = [eventPropertyMapping, eventMapping, contactMapping]
