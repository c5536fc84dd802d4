import { include, integerFilters, paging, query, sortBy, textFilters } from './parameters.ts'

const sortable = [
  'createdAt',
  'listPrice',
  'estimatedValue',
  'lastSoldPrice',
  'lastSoldAt',
  'onMarketTimestamp',
  'listingId',
  'unparsedAddress',
  'city',
  'stateOrProvince',
  'postalCode',
  'propertySubType',
  'mlsStatus',
  'bedroomsTotal',
  'bathroomsFull',
  'bathroomsHalf',
  'daysOnMarket',
  'yearBuilt',
]

/** Parameters of the list of event properties. */
export const eventPropertyQuery = query({
  ...textFilters('listingId', 'MLS number'),
  ...textFilters('unparsedAddress', 'street'),
  ...textFilters('city', 'city'),
  ...textFilters('stateOrProvince', 'state or province'),
  ...textFilters('postalCode', 'postal code'),
  ...textFilters('propertySubType', 'kind of property'),
  ...textFilters('mlsStatus', 'status'),
  ...integerFilters('bedroomsTotal', 'number of bedrooms'),
  ...integerFilters('bathroomsFull', 'number of full bathrooms'),
  ...integerFilters('bathroomsHalf', 'number of half bathrooms'),
  ...integerFilters('daysOnMarket', 'number of days on market'),
  ...integerFilters('yearBuilt', 'year of construction'),
  sort: sortBy(sortable, '-listPrice,city'),
  ...paging,
  ...include,
})
