/** Numbers that JavaScript would write with other digits are read as text. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseWire as parseBytes } from '#src/json/parse-wire-json.ts'
import { createRunOptions } from '../../support/properties.ts'

const parseWire = (text: string) => parseBytes(Buffer.from(text))

test.each<[string, { given: string; want: unknown }]>([
  ['a number that a double cannot represent', { given: '{"id":9007199254740993}', want: { id: '9007199254740993' } }],
  ['the largest whole number of a double', { given: '[9007199254740991]', want: [9_007_199_254_740_991] }],
  ['a longer fraction than a double has', { given: '[0.10000000000000000001]', want: ['0.10000000000000000001'] }],
  ['a zero at the end of a fraction', { given: '[12345.10, -1.0]', want: ['12345.10', '-1.0'] }],
  ['a number beyond all doubles', { given: '[1e400]', want: ['1e400'] }],
  ['an exponent whose value is exact', { given: '[1e5, 1.50E+1, -2e-3]', want: [100_000, 15, -0.002] }],
  ['an exponent whose value is not', { given: '[9.007199254740993e15]', want: ['9.007199254740993e15'] }],
  ['negative zero', { given: '[-0, 0]', want: ['-0', 0] }],
  ['common numbers', { given: '{"a":[1,-2.5,0.1,100]}', want: { a: [1, -2.5, 0.1, 100] } }],
  ['a number alone', { given: ' 9007199254740993 ', want: '9007199254740993' }],
  [
    'numbers within texts',
    { given: '{"a\\"1.50":"\\\\","b":"9007199254740993"}', want: { 'a"1.50': '\\', b: '9007199254740993' } },
  ],
  ['a key that occurs twice', { given: '{"a":1.50,"a":2.50}', want: { a: '2.50' } }],
])('%s', (_name, { given, want }) => {
  expect(parseWire(given)).toStrictEqual(want)
})

test('a member named __proto__ stays a member', () => {
  expect(Object.entries(parseWire('{"__proto__":{"a":1.50}}') as object)).toEqual([['__proto__', { a: '1.50' }]])
})

describe('for any text', () => {
  const digits = (maxLength: number) => fc.stringMatching(/^\d*$/).map((text) => text.slice(0, maxLength))
  const number = fc
    .tuple(fc.constantFrom('', '-'), fc.constantFrom('0', '1', '907', '9007199254740'), digits(6), digits(6))
    .map(([sign, head, tail, fraction]) => `${sign}${head === '0' ? '0' : head + tail}${fraction && `.${fraction}`}`)

  test('the digits of a number without an exponent never change', () => {
    fc.assert(
      fc.property(number, (text) => {
        expect(String(parseWire(text))).toBe(text)
        expect(String((parseWire(`{"a": [${text} ]}`) as { a: unknown[] }).a[0])).toBe(text)
      }),
    )
  })

  test('JSON that JavaScript wrote is read as JavaScript reads it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value, null, 1)
        expect(parseWire(text)).toStrictEqual(JSON.parse(text))
      }),
    )
  })

  test('invalid JSON is rejected as by JSON.parse', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:\\01.5e- ') }), (text) => {
        let expected: unknown = null
        try {
          JSON.parse(text)
        } catch (error) {
          expected = (error as Error).name
        }
        if (expected === null) parseWire(text)
        else expect(() => parseWire(text)).toThrow(SyntaxError)
      }),
      createRunOptions(1_000),
    )
  })
})
