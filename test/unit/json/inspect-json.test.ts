/** A list with a repeated key is rejected, because JSON.parse would drop an element. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inspectJson } from '#src/json/inspect-json.ts'
import { parseWire as parseBytes } from '#src/json/parse-wire-json.ts'

const parseWire = (text: string) => parseBytes(Buffer.from(text))
const isRefused = (text: string) => inspectJson(Buffer.from(text)).hasRepeatedListKey

test.for<[string, string]>([
  ['a position', '{"1": {}, "1": {}}'],
  ['a position out of order', '{"2": {}, "1": {}, "2": {}}'],
  ['a position with an escape', '{"1": {}, "\\u0031": {}}'],
  ['a position of a list within a record', '[{"answersObj": {"1": "a", "2": "b", "1": "c"}}]'],
  ['a position of a list within a list', '{"1": {"answersObj": {"1": "a", "2": "b"}}, "2": {"a": {"1": 1, "1": 2}}}'],
  ['the list of a page', '{"data": [{}], "info": {}, "data": []}'],
  ['the list of a page, with an escape', '{"data": [{}], "d\\u0061ta": []}'],
  ['a position below more levels than a list has', `${'{"a":'.repeat(70)}{"1":1,"1":2}${'}'.repeat(70)}`],
])('%s', ([, text]) => {
  expect(isRefused(text) || inspectJson(Buffer.from(text)).isTooComplex).toBe(true)
  expect(() => parseWire(text)).toThrow(SyntaxError)
})

test.for<[string, string]>([
  ['positions in any order', '{"10": {}, "9": {}, "1": {}}'],
  ['the same positions in two lists', '{"1": {"a": {"1": 1}}, "2": {"a": {"1": 1}}}'],
  ['a list, and one after it', '[{"1": 1, "2": 2}, {"1": 1}]'],
  ['texts that look like positions', '{"a": "1", "b": "1", "c": ["1", "1"], "d": "{\\"1\\":1,\\"1\\":2}"}'],
  ['keys that begin like positions', '{"1st": 1, "2nd": 2, "1e": 3}'],
  ['a field of a record twice, the last of which counts', '{"name": "a", "name": "b"}'],
  ['a position, and one with a zero before it: both are read', '{"1": 1, "01": 2, "001": 3}'],
  ['a page', '{"info": {}, "data": {"1": {"data": 1}}}'],
  ['a record with positions and data', '{"1": 1, "data": 2}'],
])('%s is not refused', ([, text]) => {
  expect(isRefused(text)).toBe(false)
  expect(parseWire(text)).toEqual(JSON.parse(text))
})

test('JSON that JavaScript wrote never repeats a key', () => {
  const key = fc.oneof(fc.constantFrom('1', '2', '10', 'data', '01x', '\\', '"'), fc.string())
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof({ maxDepth: 4 }, fc.string(), fc.integer(), fc.array(tie('tree')), fc.dictionary(key, tie('tree'))),
  }))
  fc.assert(
    fc.property(tree, (value) => {
      expect(isRefused(JSON.stringify(value, null, 1))).toBe(false)
    }),
  )
})

test('an element that is written again under its key is always noticed', () => {
  const positions = fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(positions, fc.nat(), fc.nat(), (keys, which, where) => {
      const repeated = keys[which % keys.length] as number
      const members = keys
        .toSpliced(where % (keys.length + 1), 0, repeated)
        .map((each) => `"${each}": {"1": 1, "2": 2}`)
      expect(isRefused(`{${members.join(', ')}}`)).toBe(true)
    }),
  )
})
