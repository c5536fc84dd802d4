import { eventPropertyMapping } from '#src/upstreams/liondesk/mapping.ts'
import type { Json } from './schemas.ts'

const pathId = (name: string, description: string, example: string): Json => ({
  name,
  in: 'path',
  required: true,
  description,
  schema: { type: 'string', minLength: 1 },
  example,
})

export const eventId = pathId('api_event_id', 'Id of the event; its source has to be `api`.', '31')

export const recordId = pathId('id', 'Id of the event property. Never leave it empty: that means all of them.', '204')

const query = (name: string, description: string, schema: Json, more: Json = {}): Json => ({
  name,
  in: 'query',
  description,
  schema,
  ...more,
})

const one: Json = { type: 'string' }

/** Feathers reads a longer list as an object, and a single value without the empty brackets as a text. */
const many: Json = { type: 'array', items: one, maxItems: 20 }

const filtersOn = (field: string): Json[] => [
  query(field, `Only where \`${field}\` is this.`, one),
  query(`${field}[$ne]`, `Only where \`${field}\` is not this.`, one),
  query(`${field}[$in][]`, `Only where \`${field}\` is one of these.`, many),
  query(`${field}[$nin][]`, `Only where \`${field}\` is none of these.`, many),
]

const direction: Json = { type: 'integer', enum: [1, -1] }

const sort = (fields: readonly string[]): Json =>
  query(
    '$sort',
    'Order, field by field: 1 is ascending, -1 descending, as in `$sort[created_at]=-1`.',
    { type: 'object', properties: Object.fromEntries(fields.map((field) => [field, direction])) },
    { style: 'deepObject', explode: true, example: { created_at: -1 } },
  )

const count = (name: string, description: string, schema: Json): Json =>
  query(name, description, { type: 'integer', minimum: 0, ...schema })

const fields = eventPropertyMapping.wireFields.map(({ from }) => from)

/** Neither is in the vendor's table of fields. */
const documentedFields = fields.filter((field) => field !== 'id' && field !== 'created_at')

export const findParameters: Json[] = [
  count('$limit', 'Most records of a page. The maximum is not documented; a greater number is cut to it.', {
    default: 10,
  }),
  count('$skip', 'Records to leave out at the beginning.', { default: 0 }),
  sort([...documentedFields, 'created_at']),
  ...documentedFields.flatMap(filtersOn),
]
