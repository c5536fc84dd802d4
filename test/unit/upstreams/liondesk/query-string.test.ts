import fc from 'fast-check'
import qs from 'qs'
import { expect, test } from 'vitest'
import { formatQueryString, type QueryParameters } from '#src/upstreams/liondesk/query-string.ts'
import { createRunOptions } from '../../../support/properties.ts'

const text = fc.string({ unit: 'grapheme', maxLength: 8 })

const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.string({ maxLength: 8 }),
    fc.double({ noNaN: true }),
    fc.boolean(),
    fc.constantFrom(null, undefined, "a!b'c(d)e*f~g h+i", 'Zürich', '😀'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(text, tie('value'), { maxKeys: 3 }),
  ),
}))

test('produces the same text as qs', () => {
  const query = fc.dictionary(text, value, { maxKeys: 4 })
  fc.assert(
    fc.property(query, (given) => {
      expect(formatQueryString(given as QueryParameters)).toBe(qs.stringify(given, { arrayFormat: 'brackets' }))
    }),
    createRunOptions(500),
  )
})

test('a lone surrogate is replaced and does not affect the rest', () => {
  expect(formatQueryString({ city: 'a\ud800' })).toBe('city=a%EF%BF%BD')
})
