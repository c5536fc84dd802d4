import { expect, test } from 'vitest'
import { type Condition, matches, parseConditions } from '#src/query/conditions.ts'

const fields = ['city', 'beds']

const refusal = (path: string, message: string) =>
  expect.objectContaining({
    code: 'invalid-request',
    fields: expect.objectContaining({ errors: [{ path: `query/${path}`, message }] }),
  })

test('conditions are read from names with an operator in brackets, in their order, and from nothing else', () => {
  const query = { limit: 5, beds: 3, 'city[ne]': 'Reno', 'city[in]': 'a,b', 'beds[nin]': '1,2', 'x[in]': 'y' }
  expect(parseConditions(query, fields)).toEqual([
    { field: 'beds', operator: 'eq', values: [3] },
    { field: 'city', operator: 'ne', values: ['Reno'] },
    { field: 'city', operator: 'in', values: ['a', 'b'] },
    { field: 'beds', operator: 'nin', values: ['1', '2'] },
  ])
  expect(parseConditions({ 'city[lt]': 'a', 'my city[ne]': 'b', 'city[ne]x': 'c', 'xcity[ne]': 'd' }, fields)).toEqual(
    [],
  )
})

test('a value of eq and ne is one value, even with commas', () => {
  expect(parseConditions({ city: 'a,b', 'city[ne]': 'c,' }, fields).map(({ values }) => values)).toEqual([
    ['a,b'],
    ['c,'],
  ])
})

test('a list takes 20 values and no more, and none of them may be empty', () => {
  const list = (count: number) => Array.from({ length: count }, (_, index) => index).join(',')
  expect(parseConditions({ 'city[in]': list(20) }, fields)[0]?.values).toHaveLength(20)
  expect(() => parseConditions({ 'city[in]': list(21) }, fields)).toThrow(
    refusal('city[in]', 'takes at most 20 values, not 21'),
  )
  for (const empty of ['', 'a,', ',a', 'a,,b', `${list(19)},`]) {
    expect(() => parseConditions({ 'city[nin]': empty }, fields)).toThrow(refusal('city[nin]', 'has an empty value'))
  }
})

test('two conditions for one value each contradict each other; one that excludes a value does not', () => {
  expect(() => parseConditions({ city: 'a', 'city[in]': 'a,b' }, fields)).toThrow(
    refusal('city', 'cannot be combined with city[in]'),
  )
  expect(() => parseConditions({ 'city[in]': 'a,b', city: 'a' }, fields)).toThrow(refusal('city', expect.anything()))
  const allowed = { city: 'a', 'city[ne]': 'b', 'city[nin]': 'c,d', beds: 1, 'beds[ne]': 2 }
  expect(parseConditions(allowed, fields)).toHaveLength(5)
})

const home = { city: 'Reno', beds: 3, sold: null }

test.for<[Condition['operator'], string, Condition['values'], boolean]>([
  ['eq', 'city', ['Reno'], true],
  ['eq', 'city', ['Elko'], false],
  ['ne', 'city', ['Reno'], false],
  ['ne', 'city', ['Elko'], true],
  ['in', 'city', ['Elko', 'Reno'], true],
  ['in', 'city', ['Elko', 'Ely'], false],
  ['nin', 'city', ['Elko', 'Reno'], false],
  ['nin', 'city', ['Elko', 'Ely'], true],
  ['eq', 'beds', ['3'], true],
  ['eq', 'sold', ['null'], true],
])('%s %s %o: %s', ([operator, field, values, want]) => {
  expect(matches(home, [{ field, operator, values }])).toBe(want)
})

test('an element meets all conditions, or is left out', () => {
  const [met, unmet]: [Condition, Condition] = [
    { field: 'city', operator: 'eq', values: ['Reno'] },
    { field: 'beds', operator: 'eq', values: [4] },
  ]
  expect([matches(home, []), matches(home, [met]), matches(home, [met, unmet]), matches(home, [unmet, met])]).toEqual([
    ...[true, true, false, false],
  ])
})
