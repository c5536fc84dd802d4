/** What the gateway says of itself. */
import { type Static, type TObject, Type } from 'typebox'
import { component, integer, numberOrNull, oneOf, ref, text, textOrNull } from './fields.ts'
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

export const UpstreamStatus = component(
  'UpstreamStatus',
  'What this process has seen of one upstream since it began.',
  {
    system: text('`spacio` or `liondesk`.'),
    calls: integer('Calls made.'),
    failures: integer('Calls that failed in transport, or were answered with a 5xx status.'),
    p50: numberOrNull('Median time of a call in milliseconds.'),
    p99: numberOrNull('99th percentile of the time of a call in milliseconds.'),
    drift: Type.Array(ref(DriftCount), { description: 'What its replies brought that no mapping expects.' }),
  },
  {
    system: 'spacio',
    calls: 1204,
    failures: 2,
    p50: 41.5,
    p99: 210,
    drift: [{ resource: 'spacio.property', field: 'price', kind: 'unreadable', count: 3 }],
  },
)

export const Health = component(
  'Health',
  'Health of this process. It never depends on an upstream.',
  { status: Type.Literal('ok', { description: '`ok`.' }) },
  { status: 'ok' },
)

export const ProblemCatalogue = catalogueOf('ProblemCatalogue', ProblemKind, 'The error catalogue.')
export const MappingCatalogue = catalogueOf('MappingCatalogue', MappingTable, 'The mapping tables.')
export const UpstreamCatalogue = catalogueOf('UpstreamCatalogue', UpstreamStatus, 'The upstreams.')
