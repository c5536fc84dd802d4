import { connection, include, integerFilters, paging, query, sortBy, textFilters } from './parameters.ts'

/**
 * Fields whose equality the upstream can be trusted to judge, in words. Amounts, areas, times and lists are text of
 * many spellings there, so that a filter on them would miss records.
 */
const filters = {
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
}

/** The names of those fields. */
export const eventPropertyFilterFields: readonly string[] = Object.keys(filters).filter((name) => !name.includes('['))

const sortable = [
  'createdAt',
  'listPrice',
  'estimatedValue',
  'lastSoldPrice',
  'lastSoldAt',
  'onMarketTimestamp',
  ...eventPropertyFilterFields,
]

/** Parameters of the list of event properties. */
export const eventPropertyQuery = query({
  ...filters,
  sort: sortBy(sortable, '-listPrice,city'),
  ...paging,
  ...connection,
  ...include,
})
