/**
 * A list that is serialized element by element, or was serialized before, has the same bytes as one that is serialized
 * at once.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { getFragmentText, type JsonFragment } from '#src/json/fragment.ts'
import { createListWriter } from '#src/plugins/response/serialization/list-serializer.ts'
import { readList } from '#src/upstreams/spacio/read-list.ts'
import { createPropertyTranscoding } from '#src/upstreams/spacio/transcoded-leads.ts'
import { runToEnd } from '#src/upstreams/transport/slices.ts'
import { createRunOptions } from '../../../../support/properties.ts'

const element = fc.record({ a: fc.oneof(fc.string({ unit: 'binary' }), fc.constant('您好')), b: fc.jsonValue() })

const write = createListWriter(JSON.stringify, JSON.stringify)

test('serializes any page of new and cached elements correctly', () => {
  const property = fc.property(
    fc.array(element, { maxLength: 12 }),
    fc.array(fc.tuple(fc.nat(12), fc.nat(12), fc.boolean()), { minLength: 1, maxLength: 8 }),
    (elements, cuts) => {
      const kept = elements.map((each) => Object.freeze({ ...each }))
      for (const [offset, limit, isKept] of cuts) {
        const data = (isKept ? kept : elements).slice(offset, offset + limit)
        const page = { data, pagination: { total: elements.length, limit, offset } }
        const bytes = write(page)
        expect(bytes.toString()).toBe(Buffer.from(JSON.stringify(page)).toString())
        if (isKept && data.length > 0) expect(write({ ...page, data: [...data] })).toBe(bytes)
      }
    },
  )
  fc.assert(property, createRunOptions(500))
})

test('serializes elements again if they are not frozen', () => {
  const changing = { a: 1 }
  const page = { data: [changing], pagination: { total: 1, limit: 1, offset: 0 } }
  write(page)
  changing.a = 2
  expect(write(page).toString()).toContain('{"a":2}')
})

test('serializes a list that is longer than all earlier ones', () => {
  for (const length of [1, 70_000, 3, 2_000_000]) {
    const page = { data: [{ a: 'é'.repeat(length) }, { a: 'b' }], pagination: { total: 2, limit: 2, offset: 0 } }
    expect(write(page).equals(Buffer.from(JSON.stringify(page)))).toBe(true)
  }
})

describe('elements that are JSON fragments', () => {
  const getRows = (names: readonly string[]) => {
    const body = Buffer.from(JSON.stringify(names.map((name) => ({ name, email: null }))))
    return runToEnd(readList(body, 'keyed', createPropertyTranscoding(7)))?.records as JsonFragment[]
  }

  const writing = (rows: readonly object[], pagination: object = { total: 1 }) =>
    write({ data: rows, pagination }).toString()

  const plainly = (rows: readonly JsonFragment[], pagination: object = { total: 1 }) =>
    `{"data":[${rows.map(getFragmentText).join(',')}],"pagination":${JSON.stringify(pagination)}}`

  test('may occur in any order, between other elements', () => {
    const rows = getRows(['Ada', 'Ben', 'Cy', 'D您'])
    const [a, b, c, d] = rows as [JsonFragment, JsonFragment, JsonFragment, JsonFragment]
    for (const some of [[b], [b, c], [c, b, a], [a, c, d], [d, a, b]]) expect(writing(some)).toBe(plainly(some))
    const mixed = writing([a, { x: 1 }, b, c, { y: 2 }])
    expect(mixed).toBe(
      `{"data":[${getFragmentText(a)},{"x":1},${getFragmentText(b)},${getFragmentText(c)},{"y":2}],"pagination":{"total":1}}`,
    )
    expect(writing([a, ...getRows(['Eve'])])).toBe(plainly([a, ...getRows(['Eve'])]))
  })
})
