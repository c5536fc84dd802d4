import { Ajv2020 } from 'ajv/dist/2020.js'
import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import { type Codec, requireValue, withSentinel } from '#src/mapping/codec.ts'
import * as codecs from '#src/mapping/codecs.ts'
import { defineMapping } from '#src/mapping/mapping.ts'
import { createNestedCodec, createNestedListCodec } from '#src/mapping/nested-codecs.ts'
import { createWireSchema } from '../../../scripts/openapi/wire-schema.ts'

const name = (description: string) =>
  Type.Object({ value: Type.Unsafe<string | null>({ type: ['string', 'null'], description }) }, { $id: 'Thing' })

const schemaFor = (from: string, codec: Codec<string> | Codec<string, never>, description = 'The name; text.') =>
  createWireSchema(defineMapping('test.thing', name(description), { value: { from, codec, reso: null } }))

const field = { description: 'The name.', 'x-canonical': 'Thing.value' }

const thing = (properties: object, more: object = {}) => ({
  $id: 'test.thing',
  type: 'object',
  properties,
  additionalProperties: true,
  ...more,
})

describe('wireSchemaOf', () => {
  test.each([
    ['a field', 'a', codecs.text, thing({ a: { ...field, type: ['string', 'null'] } })],
    ['a required one', 'a', requireValue(codecs.text), thing({ a: { ...field, type: 'string' } }, { required: ['a'] })],
    [
      'a dotted one',
      'a.b',
      codecs.text,
      thing({
        a: {
          type: ['object', 'null'],
          properties: { b: { ...field, type: ['string', 'null'] } },
          additionalProperties: true,
        },
      }),
    ],
    [
      'a sentinel',
      'a',
      withSentinel('N/A', codecs.text),
      thing({
        a: {
          ...field,
          type: ['string', 'null'],
          description: 'The name. `"N/A"` stands for no value.',
          'x-absent': 'N/A',
        },
      }),
    ],
  ])('%s', (_, from, codec, want) => {
    expect(schemaFor(from, codec)).toEqual(want)
  })

  test.each([
    ['The name.', 'The name.'],
    ['The name; null: unknown.', 'The name.'],
    ['The name. Read-only.', 'The name.'],
    ['The name, e.g. `Jo`.', 'The name, e.g. `Jo`.'],
    ['`a`, `b`…', '`a`, `b`…'],
  ])('of the description %j it takes %j', (description, want) => {
    expect(schemaFor('a', codecs.text, description)).toHaveProperty('properties.a.description', want)
  })

  test('a field without a wire field is not encoded', () => {
    const mapping = defineMapping('test.thing', name('The name.'), { value: { context: true, reso: null } })
    expect(createWireSchema(mapping)).toEqual(thing({}))
  })
})

describe('nested records', () => {
  const inner = defineMapping('test.inner', name('The name.'), {
    value: { from: 'a', codec: requireValue(codecs.text), reso: null },
  })
  const outer = defineMapping(
    'test.outer',
    Type.Object({
      one: Type.Unsafe<{ value: string | null } | null>({}),
      many: Type.Unsafe<{ value: string | null }[]>({}),
    }),
    {
      one: { from: 'one', codec: createNestedCodec(inner), reso: null },
      many: { from: 'many', codec: createNestedListCodec(inner), reso: null },
    },
  )
  const ajv = new Ajv2020({ strict: false }).addSchema(createWireSchema(inner))
  const validate = ajv.compile(createWireSchema(outer))

  test.each([
    [{ one: { a: 'x' } }, true],
    [{ one: null }, true],
    [{ one: {} }, false],
    [{ many: [{ a: 'x' }] }, true],
    [{ many: { 0: { a: 'x' }, 10: { a: 'y' } } }, true],
    [{ many: { first: { a: 'x' } } }, false],
    [{ many: { 0: {} } }, false],
    [{ surprise: 1 }, true],
  ])('%j: %s', (record, want) => {
    expect(validate(record)).toBe(want)
  })
})

const readable: [string, Codec<unknown, unknown>, unknown[], unknown[]][] = [
  ['text', codecs.text, ['x'], [true, {}]],
  ['identifier', codecs.identifier, ['x', 7], [true]],
  ['integer', codecs.integer, [2, '2', '1,200', -1], ['two', true, 2.5, '1,20']],
  ['decimal', codecs.decimal, [2.5, '2.5'], ['half', []]],
  [
    'money',
    codecs.money,
    [2300000, '2300000', '$2,500,000', '499900.00', '-$5', '$ 5'],
    ['Call for price', '5 $', '--5'],
  ],
  ['areaText', codecs.areaText, [10, '10,000', '2,500 sq ft'], [true]],
  ['yesNoUnknown', codecs.yesNoUnknown, ['YES', 'NO', 'UNKNOWN'], ['MAYBE', 1]],
  ['flag', codecs.flag, [true, false], ['true', 1]],
  ['utcTime', codecs.utcTime, ['2019-06-21 21:16:07', '2019-06-21 1:16:07'], ['2019-06-21', '21 June', 7]],
  ['isoTime', codecs.isoTime, ['2019-06-21', '2019-06-21T21:16:07.000Z', '2019-06-21T21:16:07-07:00'], ['21 June', 7]],
  ['webUrl', codecs.webUrl, ['https://a/1', ' HTTP://a/1 '], [7]],
  ['commaUrls', codecs.commaUrls, ['https://a/1,https://a/2'], [['https://a/1']]],
  ['oneOrManyUrls', codecs.oneOrManyUrls, ['https://a/1', ['https://a/1', 'https://a/2']], [7, [7]]],
]

describe.each(readable)('%s: its wire schema agrees with what it reads', (_name, codec, good, bad) => {
  const validate = new Ajv2020({ strict: false }).compile(codec.wire)
  const reads = (value: unknown) => typeof codec.decode(value, () => {}) !== 'symbol'

  test.each(good.map((value) => [value]))('%j: yes', (value) => {
    expect({ meets: validate(value), reads: reads(value) }).toEqual({ meets: true, reads: true })
  })
  test.each(bad.map((value) => [value]))('%j: no', (value) => {
    expect({ meets: validate(value), reads: reads(value) }).toEqual({ meets: false, reads: false })
  })
})

test('the table above names every codec', () => {
  expect(readable.map(([codecName]) => codecName).sort()).toEqual(Object.keys(codecs).sort())
})
