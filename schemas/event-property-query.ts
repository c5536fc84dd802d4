import { createIntegerFilters, createSort, createTextFilters, listFilterFields } from './filters.ts'
import { connection, include, paging, query } from './parameters.ts'

/**
 * Fields that the upstream compares reliably. Other fields, such as amounts and times, are text without a fixed format
 * in the upstream, so an equality filter would miss records.
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

export const eventPropertyFilterFields = listFilterFields(filters)

const sortable = [
  'createdAt',
  'listPrice',
  'estimatedValue',
  'lastSoldPrice',
  'lastSoldAt',
  'onMarketTimestamp',
  ...eventPropertyFilterFields,
]

export const eventPropertyQuery = query({
  ...filters,
  sort: createSort(sortable, '-listPrice,city'),
  ...paging,
  ...connection,
  ...include,
})
