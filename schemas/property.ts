import { component, integer, integerOrNull, numberOrNull, textList, textOrNull } from './fields.ts'
import { source } from './source.ts'

export const Property = component(
  'Property',
  'A listing that an agent shows at open houses.',
  {
    sid: integer('Spacio property id.'),
    listingId: textOrNull('The MLS number.'),
    title: textOrNull('Headline of the listing.'),
    listPrice: numberOrNull('Asking price; the upstream states no currency.'),
    bedroomsTotal: integerOrNull('Number of bedrooms.'),
    bathroomsTotal: numberOrNull('Number of bathrooms; a half bathroom counts 0.5.'),
    livingArea: numberOrNull('Living area; the upstream states no unit.'),
    propertySubType: textOrNull('Kind of property, in words, e.g. `Apartment`.'),
    unparsedAddress: textOrNull('Street part of the address.'),
    streetAdditionalInfo: textOrNull('Second address line, e.g. a unit.'),
    listAgentEmail: textOrNull('E-mail address of the listing agent.'),
    listingUrl: textOrNull('Page of the listing; null if it is not an http or https URL.'),
    photoUrls: textList('Photos, the main one first; only http and https URLs.'),
    source,
  },
  {
    sid: 10101,
    listingId: 'AB123456',
    title: 'Waterfront apartment by the bay',
    listPrice: 2300000,
    bedroomsTotal: 2,
    bathroomsTotal: 2,
    livingArea: null,
    propertySubType: 'Apartment',
    unparsedAddress: '231 Seawall Ave.',
    streetAdditionalInfo: null,
    listAgentEmail: 'agent1@example.com',
    listingUrl: 'https://listings.example.com/10101',
    photoUrls: ['https://photos.example.com/10101.jpg'],
  },
)
