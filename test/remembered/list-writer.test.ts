/** A list that is written element by element, or was written before, has the bytes of one that is written as a whole. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createListWriter } from '#src/plugins/serialization/list-writer.ts'

const element = fc.record({ a: fc.oneof(fc.string({ unit: 'binary' }), fc.constant('您好')), b: fc.jsonValue() })

const write = createListWriter(JSON.stringify, JSON.stringify)

test('any list, of new elements and of kept ones, cut anywhere', () => {
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
  fc.assert(property, { numRuns: 500 })
})

test('an element that is not frozen is written anew', () => {
  const changing = { a: 1 }
  const page = { data: [changing], pagination: { total: 1, limit: 1, offset: 0 } }
  write(page)
  changing.a = 2
  expect(write(page).toString()).toContain('{"a":2}')
})

test('lists longer than any before', () => {
  for (const length of [1, 70_000, 3, 2_000_000]) {
    const page = { data: [{ a: 'é'.repeat(length) }, { a: 'b' }], pagination: { total: 2, limit: 2, offset: 0 } }
    expect(write(page).equals(Buffer.from(JSON.stringify(page)))).toBe(true)
  }
})
