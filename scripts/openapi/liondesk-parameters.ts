import { eventPropertyMapping } from '#src/upstreams/liondesk/mapping.ts'
import type { Json } from './schemas.ts'
import { listWireFields } from './wire-schema.ts'

export const createPathId = (name: string, description: string, example: string): Json => ({
  name,
  in: 'path',
  required: true,
  description,
  schema: { type: 'string', minLength: 1 },
  example,
})

export const eventId = createPathId('api_event_id', 'Id of the event; its source has to be `api`.', '31')

export const recordId = createPathId(
  'id',
  'Id of the event property. Never leave it empty: that means all of them.',
  '204',
)

export const createQuery = (name: string, description: string, schema: Json, more: Json = {}): Json => ({
  name,
  in: 'query',
  description,
  schema,
  ...more,
})

const textSchema: Json = { type: 'string' }

/** Feathers reads a longer list as an object, and a single value without empty brackets as a string. */
const textListSchema: Json = { type: 'array', items: textSchema, maxItems: 20 }

const createFilters = (field: string): Json[] => [
  createQuery(field, `Only where \`${field}\` is this.`, textSchema),
  createQuery(`${field}[$ne]`, `Only where \`${field}\` is not this.`, textSchema),
  createQuery(`${field}[$in][]`, `Only where \`${field}\` is one of these.`, textListSchema),
  createQuery(`${field}[$nin][]`, `Only where \`${field}\` is none of these.`, textListSchema),
]

const direction: Json = { type: 'integer', enum: [1, -1] }

export const createSort = (fields: readonly string[]): Json =>
  createQuery(
    '$sort',
    'Order, field by field: 1 is ascending, -1 descending, as in `$sort[created_at]=-1`.',
    { type: 'object', properties: Object.fromEntries(fields.map((field) => [field, direction])) },
    { style: 'deepObject', explode: true, example: { created_at: -1 } },
  )

const createCount = (name: string, description: string, schema: Json): Json =>
  createQuery(name, description, { type: 'integer', minimum: 0, ...schema })

const fields = listWireFields(eventPropertyMapping).map(({ from }) => from)

/** The vendor's table of fields contains neither. */
const documentedFields = fields.filter((field) => field !== 'id' && field !== 'created_at')

export const pagingParameters: Json[] = [
  createCount('$limit', 'Most records of a page. The maximum is not documented; a greater number is cut to it.', {
    default: 10,
  }),
  createCount('$skip', 'Records to leave out at the beginning.', { default: 0 }),
]

export const findParameters: Json[] = [
  ...pagingParameters,
  createSort([...documentedFields, 'created_at']),
  ...documentedFields.flatMap(createFilters),
]
