/** The compiled decoder returns what the mapping table defines, for any wire value. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileDecode } from '#src/mapping/decode.ts'
import { interpret } from '../../support/mapping/interpreter.ts'
import { createRecord, leaf, tables } from '../../support/mapping/tables.ts'
import { createRunOptions } from '../../support/properties.ts'

test.for(Object.entries(tables))('the table %s', ([name, rules]) => {
  const decode = compileDecode(name, rules)
  const given = fc.dictionary(fc.constantFrom('kind', 'e', 'id'), leaf)
  fc.assert(
    fc.property(createRecord(rules), given, (record, known) => {
      const seen: unknown[] = []
      const expected: unknown[] = []
      const value = decode(record, (...event) => seen.push(event), known)
      expect(value).toStrictEqual(interpret(name, rules, record, (...event) => expected.push(event), known))
      expect(Object.keys(value ?? {})).toEqual(value === null ? [] : rules.map(([field]) => field))
      expect(seen).toEqual(expected)
    }),
    createRunOptions(1_000),
  )
})

test('an ignored wire field is neither decoded nor drift, whatever it holds', () => {
  const decode = compileDecode('flat', tables.nothing ?? [], ['kind'], ['property'])
  fc.assert(
    fc.property(leaf, (property) => {
      const drift: unknown[] = []
      const note = (...event: unknown[]) => drift.push(event)
      expect(decode({ property }, note, { kind: 'x' })).toStrictEqual({ kind: 'x' })
      expect(drift).toEqual([])
      decode({ property, another: 1 }, note, {})
      expect(drift).toEqual([['flat', 'another', 'unknown-field']])
    }),
    createRunOptions(100),
  )
})
