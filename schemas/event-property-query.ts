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
  ...textFilters('listingId', 'MLS number', '1021712'),
  ...textFilters('unparsedAddress', 'street', '123 Real Street'),
  ...textFilters('city', 'city', 'San Diego'),
  ...textFilters('stateOrProvince', 'state or province', 'CA'),
  ...textFilters('postalCode', 'postal code', '90210'),
  ...textFilters('propertySubType', 'kind of property', 'Condo'),
  ...textFilters('mlsStatus', 'status', 'For Sale'),
  ...integerFilters('bedroomsTotal', 'number of bedrooms', 2),
  ...integerFilters('bathroomsFull', 'number of full bathrooms', 2),
  ...integerFilters('bathroomsHalf', 'number of half bathrooms', 1),
  ...integerFilters('daysOnMarket', 'number of days on market', 100),
  ...integerFilters('yearBuilt', 'year of construction', 2018),
  sort: sortBy(sortable, '-listPrice,city'),
  ...paging,
  ...include,
})
