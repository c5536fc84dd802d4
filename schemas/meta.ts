/** What the gateway says of itself. */
import { type Static, type TObject, Type } from 'typebox'
import {
  component,
  integer,
  integerOrNull,
  numberOrNull,
  oneOf,
  ref,
  refOrNull,
  text,
  textOrNull,
  time,
  timeOrNull,
} from './fields.ts'
import { ProblemKind } from './problem.ts'

const catalogueOf = <S extends TObject>($id: string, element: S, description: string) => {
  const schema = Type.Object(
    { data: Type.Array(ref(element), { description }) },
    {
      $id,
      description,
      additionalProperties: false,
      examples: [{ data: (element as { examples?: unknown[] }).examples }],
    },
  )
  return Type.Unsafe<{ data: Static<S>[] }>(schema)
}

export const MappedField = component(
  'MappedField',
  'Where one canonical field comes from.',
  {
    field: text('Canonical name.'),
    from: textOrNull('Wire field; null when it is computed by the gateway or not carried by this source.'),
    codec: textOrNull('How the wire value is read.'),
    reso: textOrNull('Name in the RESO Data Dictionary, where it has one.'),
    writable: Type.Boolean({ description: 'Whether it can be written through this mapping.' }),
  },
  { field: 'listPrice', from: 'price', codec: 'money', reso: 'Property.ListPrice', writable: false },
)

export const MappingTable = component(
  'MappingTable',
  'One mapping between an upstream’s record and a canonical resource.',
  {
    name: text('Name of the mapping.'),
    schema: text('Canonical schema that it produces.'),
    fields: Type.Array(ref(MappedField), { description: 'One entry a canonical field.' }),
  },
  {
    name: 'spacio.property',
    schema: 'Property',
    fields: [{ field: 'listPrice', from: 'price', codec: 'money', reso: 'Property.ListPrice', writable: false }],
  },
)

export const DriftCount = component(
  'DriftCount',
  'How often the wire brought what a mapping does not expect. Never a value.',
  {
    resource: text('Name of the mapping.'),
    field: text('Wire field.'),
    kind: oneOf(['unreadable', 'unknown-field'], {
      description: 'Whether the value could not be read, or the field is not known.',
    }),
    count: integer('How often, since the process began.'),
  },
  { resource: 'spacio.property', field: 'price', kind: 'unreadable', count: 3 },
)

const callClass = text('Class of operations: `read`, `leads`, `report`, `write` or `oauth`.')

export const BreakerStatus = component(
  'BreakerStatus',
  'Whether calls of a class are made at all.',
  {
    class: callClass,
    state: oneOf(['closed', 'open', 'half-open'], {
      description:
        '`closed`: calls are made. `open`: after repeated failures none is. `half-open`: the next one shows whether the upstream is well again.',
    }),
    retryAfter: integerOrNull('Seconds until the next call is made; null unless it is open.'),
  },
  { class: 'report', state: 'open', retryAfter: 8 },
)

export const BulkheadStatus = component(
  'BulkheadStatus',
  'How many calls of a class are under way.',
  { class: callClass, inFlight: integer('Calls under way.'), queued: integer('Calls that wait for a place.') },
  { class: 'report', inFlight: 4, queued: 1 },
)

export const HourlyBudget = component(
  'HourlyBudget',
  'Calls that the upstream grants the account in a UTC hour.',
  {
    cap: integer('What the upstream grants.'),
    limit: integer('How many are made at most. Reports and live feeds stop earlier.'),
    used: integer('Made in this hour by all replicas, as far as this process knows.'),
    resetsAt: time('When the hour ends.'),
    blockedUntil: timeOrNull('Until when the upstream takes no more calls; null: it takes them.'),
  },
  { cap: 12000, limit: 11400, used: 1204, resetsAt: '2026-03-15T13:00:00Z', blockedUntil: null },
)

export const UpstreamStatus = component(
  'UpstreamStatus',
  'What this process has seen of one upstream since it began.',
  {
    system: text('`spacio` or `liondesk`.'),
    calls: integer('Calls made, repetitions included.'),
    failures: integer('Calls that failed in transport, or brought a server error or a reply that cannot be used.'),
    p50: numberOrNull('Median time of a call in milliseconds.'),
    p99: numberOrNull('99th percentile of the time of a call in milliseconds.'),
    breakers: Type.Array(ref(BreakerStatus), { description: 'One for each class of operations.' }),
    bulkheads: Type.Array(ref(BulkheadStatus), { description: 'One for each class of operations.' }),
    budget: refOrNull(HourlyBudget, 'Null: the upstream counts no calls.'),
    drift: Type.Array(ref(DriftCount), { description: 'What its replies brought that no mapping expects.' }),
  },
  {
    system: 'spacio',
    calls: 1204,
    failures: 2,
    p50: 41.5,
    p99: 210,
    breakers: [{ class: 'report', state: 'open', retryAfter: 8 }],
    bulkheads: [{ class: 'report', inFlight: 4, queued: 1 }],
    budget: { cap: 12000, limit: 11400, used: 1204, resetsAt: '2026-03-15T13:00:00Z', blockedUntil: null },
    drift: [{ resource: 'spacio.property', field: 'price', kind: 'unreadable', count: 3 }],
  },
)

export const Health = component(
  'Health',
  'Health of this process. It never depends on an upstream.',
  {
    status: Type.Literal('ok', { description: '`ok`.' }),
    store: Type.Optional(
      oneOf(['ok', 'unavailable'], {
        description: 'Of `GET /health/ready`: how the last operation on the gateway’s own store ended.',
      }),
    ),
  },
  { status: 'ok' },
)

export const ProblemCatalogue = catalogueOf('ProblemCatalogue', ProblemKind, 'The error catalogue.')
export const MappingCatalogue = catalogueOf('MappingCatalogue', MappingTable, 'The mapping tables.')
export const UpstreamCatalogue = catalogueOf('UpstreamCatalogue', UpstreamStatus, 'The upstreams.')
