/** Schemas of what the gateway reports about itself. */
import { type Static, type TObject, Type } from 'typebox'
import {
  component,
  getOne,
  integer,
  integerOrNull,
  numberOrNull,
  ref,
  refOrNull,
  text,
  textOrNull,
  time,
  timeOrNull,
} from './fields.ts'
import { ProblemKind } from './problem.ts'

const createCatalogueSchema = <S extends TObject>($id: string, element: S, description: string) => {
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
  'The source of one canonical field.',
  {
    field: text('Canonical name.'),
    from: textOrNull('Wire field; null if the gateway computes the value or this source does not have it.'),
    codec: textOrNull('The codec that decodes the wire value.'),
    reso: textOrNull('Name in the RESO Data Dictionary, if it has one.'),
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
    fields: Type.Array(ref(MappedField), { description: 'One entry per canonical field.' }),
  },
  {
    name: 'spacio.property',
    schema: 'Property',
    fields: [{ field: 'listPrice', from: 'price', codec: 'money', reso: 'Property.ListPrice', writable: false }],
  },
)

export const DriftCount = component(
  'DriftCount',
  'The number of wire values that a mapping does not expect. The values themselves are never recorded.',
  {
    resource: text('Name of the mapping.'),
    field: text('Wire field.'),
    kind: getOne(['unreadable', 'unknown-field'], {
      description: 'The kind of drift: the value is unreadable, or the field is unknown.',
    }),
    count: integer('Number of times since the process started.'),
  },
  { resource: 'spacio.property', field: 'price', kind: 'unreadable', count: 3 },
)

const callClass = text('Class of operations: `read`, `leads`, `report`, `write` or `oauth`.')

export const BreakerStatus = component(
  'BreakerStatus',
  'The circuit breaker of a class of operations.',
  {
    class: callClass,
    state: getOne(['closed', 'open', 'half-open'], {
      description:
        '`closed`: the gateway makes calls. `open`: it makes none after repeated failures. `half-open`: the next call tests whether the upstream has recovered.',
    }),
    retryAfter: integerOrNull('Seconds until the next call; null unless the breaker is open.'),
  },
  { class: 'report', state: 'open', retryAfter: 8 },
)

export const BulkheadStatus = component(
  'BulkheadStatus',
  'The number of calls of a class that are in progress.',
  { class: callClass, inFlight: integer('Calls in progress.'), queued: integer('Calls in the queue.') },
  { class: 'report', inFlight: 4, queued: 1 },
)

export const HourlyBudget = component(
  'HourlyBudget',
  'The calls that the upstream allows the account in a UTC hour.',
  {
    cap: integer('The limit of the upstream.'),
    limit: integer('The maximum number of calls that the gateway makes. Reports and live feeds stop earlier.'),
    used: integer('Calls in this hour by all replicas, as far as this process knows.'),
    resetsAt: time('When the hour ends.'),
    blockedUntil: timeOrNull('The time until which the upstream rejects calls; null if it accepts them.'),
  },
  { cap: 12000, limit: 11400, used: 1204, resetsAt: '2026-03-15T13:00:00Z', blockedUntil: null },
)

export const UpstreamStatus = component(
  'UpstreamStatus',
  'The state of one upstream, as this process has seen it since its start.',
  {
    system: text('`spacio` or `liondesk`.'),
    calls: integer('Calls, including retries.'),
    failures: integer('Calls that ended with a network error, a server error or an unusable reply.'),
    p50: numberOrNull('Median time of a call in milliseconds.'),
    p99: numberOrNull('99th percentile of the time of a call in milliseconds.'),
    breakers: Type.Array(ref(BreakerStatus), { description: 'One entry per class of operations.' }),
    bulkheads: Type.Array(ref(BulkheadStatus), { description: 'One entry per class of operations.' }),
    budget: refOrNull(HourlyBudget, 'Null if the upstream has no call limit.'),
    drift: Type.Array(ref(DriftCount), { description: 'Values in the replies that no mapping expects.' }),
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
      getOne(['ok', 'unavailable'], {
        description: 'Only in `GET /health/ready`: the result of the last operation on the gateway’s store.',
      }),
    ),
  },
  { status: 'ok' },
)

export const ProblemCatalogue = createCatalogueSchema('ProblemCatalogue', ProblemKind, 'The error catalogue.')
export const MappingCatalogue = createCatalogueSchema('MappingCatalogue', MappingTable, 'The mapping tables.')
export const UpstreamCatalogue = createCatalogueSchema('UpstreamCatalogue', UpstreamStatus, 'The upstreams.')
