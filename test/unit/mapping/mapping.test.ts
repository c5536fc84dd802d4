import fc from 'fast-check'
import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { requireValue } from '#src/mapping/codec.ts'
import { integer, text } from '#src/mapping/codecs.ts'
import { createDriftLog } from '#src/mapping/drift.ts'
import { defineMapping } from '#src/mapping/mapping.ts'
import { createNestedListCodec, readElements } from '#src/mapping/nested-codecs.ts'
import { liondeskMappings } from '#src/upstreams/liondesk/mapping.ts'
import { spacioMappings } from '#src/upstreams/spacio/mappings/index.ts'
import { createRunOptions } from '../../support/properties.ts'

const nullable = <T>(type: string) => Type.Unsafe<T | null>({ type: [type, 'null'] })

const Thing = Type.Object(
  {
    id: Type.String(),
    size: nullable<number>('integer'),
    owner: nullable<string>('string'),
    note: nullable<string>('string'),
    kind: Type.String(),
  },
  { $id: 'Thing' },
)

const things = defineMapping('test.thing', Thing, {
  id: { from: 'key', codec: requireValue(text), reso: null },
  size: { from: 'how.big', codec: integer, reso: null },
  owner: { from: 'own', codec: text, reso: null, readOnly: true, orFromContext: true },
  note: { absent: true, empty: null, reso: null },
  kind: { context: true, reso: null },
})

const decode = (record: unknown, given = {}) => {
  const log = createDriftLog()
  return { value: things.decode(record, log.note, given), drift: log.counts() }
}

const drift = (field: string, kind = 'unreadable') => ({ resource: 'test.thing', field, kind, count: 1 })

test.for<[string, { given: unknown; want: unknown }]>([
  [
    'a whole record',
    {
      given: { key: 'a', how: { big: '5' }, own: 'me' },
      want: { value: { id: 'a', size: 5, owner: 'me', note: null, kind: 'k' }, drift: [] },
    },
  ],
  [
    'missing fields',
    { given: { key: 'a' }, want: { value: { id: 'a', size: null, owner: 'given', note: null, kind: 'k' }, drift: [] } },
  ],
  [
    'null and blanks',
    {
      given: { key: 'a', how: { big: null }, own: ' ' },
      want: { value: { id: 'a', size: null, owner: 'given', note: null, kind: 'k' }, drift: [] },
    },
  ],
  [
    'an unreadable field',
    { given: { key: 'a', how: { big: 'x' } }, want: { value: { size: null }, drift: [drift('how.big')] } },
  ],
  ['a parent that is text', { given: { key: 'a', how: 'x' }, want: { value: { size: null }, drift: [] } }],
  [
    'an unknown field',
    { given: { key: 'a', more: 1 }, want: { value: { id: 'a' }, drift: [drift('more', 'unknown-field')] } },
  ],
  [
    'an unknown field within',
    {
      given: { key: 'a', how: { big: 1, wide: 2 } },
      want: { value: { size: 1 }, drift: [drift('how.wide', 'unknown-field')] },
    },
  ],
  [
    'a name that is somebody’s',
    { given: { key: 'a', 'a@example.com': 1 }, want: { drift: [drift('(other)', 'unknown-field')] } },
  ],
  ['no required field', { given: { how: {} }, want: { value: null } }],
  ['a required field that is blank', { given: { key: '' }, want: { value: null } }],
  ['a required field that is unreadable', { given: { key: {} }, want: { value: null, drift: [drift('key')] } }],
  ['no record', { given: [1], want: { value: null, drift: [drift('(record)')] } }],
  ['null', { given: null, want: { value: null, drift: [drift('(record)')] } }],
  [
    'a field of the prototype',
    { given: JSON.parse('{"key":"a","__proto__":{"own":"x"}}'), want: { value: { owner: 'given' } } },
  ],
])('%s', ([, { given, want }]) => {
  expect(decode(given, { owner: 'given', kind: 'k' })).toMatchObject(want as object)
})

test('an inherited property of objects is not a field of a record', () => {
  const Odd = Type.Object({ a: nullable<string>('string'), b: nullable<string>('string') }, { $id: 'Odd' })
  const odd = defineMapping('test.odd', Odd, {
    a: { from: 'constructor', codec: text, reso: null },
    b: { from: 'constructor.name', codec: text, reso: null },
  })
  const log = createDriftLog()
  expect(odd.decode({}, log.note)).toEqual({ a: null, b: null })
  expect(log.counts()).toEqual([])
})

test('read-only, context, absent and unnamed fields are not encoded; null clears a field', () => {
  expect(things.encode({ id: 'a', size: null, owner: 'x', kind: 'k', note: null })).toEqual({
    key: 'a',
    'how.big': null,
  })
  expect(things.encode({})).toEqual({})
})

test('encodeField knows the wire name of mapped fields only', () => {
  expect(things.encodeField('size', 5)).toEqual({ from: 'how.big', value: '5' })
  expect(things.encodeField('kind', 'x')).toBeUndefined()
  expect(things.encodeField('__proto__', 'x')).toBeUndefined()
})

test.for<[unknown, unknown]>([
  [
    [1, 2],
    [1, 2],
  ],
  [{ 10: 'c', 9: 'b', 1: 'a' }, ['a', 'b', 'c']],
  [{ '02': 'b', 1: 'a', 10: 'c' }, ['a', 'b', 'c']],
  [{}, []],
  [{ a: 1 }, null],
  ['x', null],
  [null, null],
])('the elements of %j are %j', ([given, want]) => {
  expect(readElements(given)).toEqual(want)
})

test('a nested list omits elements that are not records, and counts them', () => {
  const log = createDriftLog()
  expect(createNestedListCodec(things).decode([{ key: 'a' }, 5], log.note)).toMatchObject([{ id: 'a' }])
  expect(log.counts()).toEqual([drift('(record)')])
})

test('the drift log is bounded, and counts on beyond its bound', () => {
  const log = createDriftLog(3)
  for (let index = 0; index < 100; index++) log.note('r', `f${index}`, 'unknown-field')
  log.note('r', 'f0', 'unknown-field')
  expect(log.counts().length).toBeLessThanOrEqual(4)
  expect(log.counts().reduce((sum, { count }) => sum + count, 0)).toBe(101)
})

test.for([...spacioMappings, ...liondeskMappings].map((mapping) => [mapping.name, mapping] as const))(
  'decode of %s never throws on any JSON',
  ([, mapping]) => {
    const wireNames = mapping.fields.flatMap(({ from }) => from?.split('.')[0] ?? [])
    const records = fc.dictionary(fc.oneof(fc.constantFrom(...wireNames), fc.string()), fc.jsonValue())
    fc.assert(
      fc.property(fc.oneof(records, fc.jsonValue()), (record) => {
        const log = createDriftLog()
        const value = mapping.decode(record, log.note)
        if (value !== null)
          expect(Object.keys(value).toSorted()).toEqual(mapping.fields.map(({ field }) => field).toSorted())
      }),
      createRunOptions(300),
    )
  },
)

test.for([...spacioMappings, ...liondeskMappings].map((mapping) => [mapping.name, mapping] as const))(
  '%s names each wire field once',
  ([, { fields }]) => {
    const names = fields.flatMap(({ from }) => from ?? [])
    expect(new Set(names).size).toBe(names.length)
  },
)
