import {
  connection,
  createIntegerFilters,
  createSort,
  createTextFilters,
  include,
  paging,
  query,
} from './parameters.ts'

/**
 * Fields whose equality the upstream can be trusted to judge, in words. Amounts, areas, times and lists are text of
 * many spellings there, so that a filter on them would miss records.
 */
const filters = {
  ...createTextFilters('listingId', 'MLS number'),
  ...createTextFilters('unparsedAddress', 'street'),
  ...createTextFilters('city', 'city'),
  ...createTextFilters('stateOrProvince', 'state or province'),
  ...createTextFilters('postalCode', 'postal code'),
  ...createTextFilters('propertySubType', 'kind of property'),
  ...createTextFilters('mlsStatus', 'status'),
  ...createIntegerFilters('bedroomsTotal', 'number of bedrooms'),
  ...createIntegerFilters('bathroomsFull', 'number of full bathrooms'),
  ...createIntegerFilters('bathroomsHalf', 'number of half bathrooms'),
  ...createIntegerFilters('daysOnMarket', 'number of days on market'),
  ...createIntegerFilters('yearBuilt', 'year of construction'),
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
  sort: createSort(sortable, '-listPrice,city'),
  ...paging,
  ...connection,
  ...include,
})
