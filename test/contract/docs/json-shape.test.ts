import { expect, test } from 'vitest'
import { findDifferences } from '../../support/docs/shape.ts'

test.for<[string, { shown: unknown; actual: unknown; want: string[] }]>([
  ['other values', { shown: { a: 'x', b: 1 }, actual: { a: 'y', b: 2 }, want: [] }],
  ['a value that is not known today', { shown: { a: 'x' }, actual: { a: null }, want: [] }],
  ['a value that was not known', { shown: { a: null }, actual: { a: 'x' }, want: [] }],
  ['another type', { shown: { a: 'x' }, actual: { a: 1 }, want: ['.a is number'] }],
  ['a missing field', { shown: { a: 'x' }, actual: {}, want: ['.a is undefined'] }],
  ['a field that is new', { shown: {}, actual: { a: 1 }, want: ['.a is not shown'] }],
  ['a shortened list', { shown: [], actual: [1], want: [] }],
  ['a list that is shorter', { shown: [{ a: 1 }], actual: [], want: ['[0] is not a record'] }],
  ['another code', { shown: { code: 'x' }, actual: { code: 'y' }, want: ['.code is "y"'] }],
])('%s', ([, { shown, actual, want }]) => {
  expect(findDifferences(shown, actual)).toEqual(want)
})
