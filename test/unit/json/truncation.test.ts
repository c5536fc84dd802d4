/** Distinguishes a truncated body from a complete one, and from one that was never JSON. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isTruncated } from '#src/json/truncation.ts'
import { createRunOptions } from '../../support/properties.ts'

const bytes = (text: string): Buffer => Buffer.from(text)

test.each([
  ['nothing', '', true],
  ['blanks', ' \r\n\t', true],
  ['an object without its end', '{"a": 1', true],
  ['a list without its end', ' [1, [2]', true],
  ['an endless string', '{"a": "}', true],
  ['an endless string that ends in a backslash', '["a\\', true],
  ['brackets in a string', '{"a": "[{"}', false],
  ['an escaped quote', '{"a": "\\"}"}', false],
  ['an escaped backslash', '{"a": "\\\\"}', false],
  ['a trailing comma, as the vendor writes it', '{"a": 1,}', false],
  ['a page of HTML', '<html><script>{', false],
  ['a bare word', 'invalid-sid', false],
  ['too many ends', '{}}', false],
])('%s', (_name, text, want) => {
  expect(isTruncated(bytes(text))).toBe(want)
})

test('complete objects and lists are not truncated, and every prefix of them is', () => {
  const records = fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()))
  fc.assert(
    fc.property(records, fc.nat(), (record, where) => {
      const whole = bytes(JSON.stringify(record))
      expect(isTruncated(whole)).toBe(false)
      expect(isTruncated(whole.subarray(0, where % whole.length))).toBe(true)
    }),
    createRunOptions(500),
  )
})
