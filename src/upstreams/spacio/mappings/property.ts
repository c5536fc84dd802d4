import { Property } from '#schemas/property.ts'
import { requireValue } from '#src/mapping/codec.ts'
import { decimal, integer, money, oneOrManyUrls, webUrl } from '#src/mapping/codecs.ts'
import { defineMapping } from '#src/mapping/mapping.ts'
import { absentIfMinusOne, absentIfNotAvailable, spacioText } from '../sentinel-codecs.ts'

/** getProperty, getProperties. Source: the vendor's API page, "Properties". */
export const propertyMapping = defineMapping('spacio.property', Property, {
  sid: { from: 'sid', codec: requireValue(integer), reso: null },
  listingId: { from: 'mlsNo', codec: spacioText, reso: 'Property.ListingId' },
  title: { from: 'title', codec: spacioText, reso: null },
  listPrice: { from: 'price', codec: absentIfMinusOne(money), reso: 'Property.ListPrice' },
  bedroomsTotal: { from: 'beds', codec: absentIfMinusOne(integer), reso: 'Property.BedroomsTotal' },
  bathroomsTotal: { from: 'baths', codec: absentIfMinusOne(decimal), reso: null },
  livingArea: { from: 'dimens', codec: absentIfMinusOne(decimal), reso: 'Property.LivingArea' },
  propertySubType: { from: 'type', codec: spacioText, reso: 'Property.PropertySubType' },
  unparsedAddress: { from: 'addr1', codec: spacioText, reso: 'Property.UnparsedAddress' },
  streetAdditionalInfo: { from: 'addr2', codec: spacioText, reso: 'Property.StreetAdditionalInfo' },
  listAgentEmail: { from: 'email', codec: spacioText, reso: 'Property.ListAgentEmail' },
  listingUrl: { from: 'url', codec: absentIfNotAvailable(webUrl), reso: null },
  photoUrls: { from: 'image', codec: oneOrManyUrls, reso: 'Media.MediaURL' },
})
