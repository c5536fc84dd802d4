/** A stored record is decoded once for each mapping. A mapping never gets the result of another one. */
import { expect, test } from 'vitest'
import { decodeWithMemo, enableDecodeMemo, hasDecodeMemo } from '#src/mapping/decode-memo.ts'
import { brokerageLeadMapping, teamLeadMapping } from '#src/upstreams/spacio/mappings/lead.ts'

const drift = () => {}

const record = () => ({ id: 'x', name: 'Ada', dateCreated: '2026-03-01 10:00:00' })

test('two mappings of one record return their own results, in any order', () => {
  const [kept, fresh] = [record(), record()]
  enableDecodeMemo([kept])
  for (const mapping of [teamLeadMapping, brokerageLeadMapping, teamLeadMapping]) {
    expect(decodeWithMemo(mapping, kept, drift, { sid: null })).toEqual(mapping.decode(fresh, drift, { sid: null }))
    expect(hasDecodeMemo(mapping, kept)).toBe(true)
  }
  expect(hasDecodeMemo(brokerageLeadMapping, kept)).toBe(false)
})

test('the same mapping gives the same object; of a record that is not kept, another one each time', () => {
  const [kept, fresh] = [record(), record()]
  enableDecodeMemo([kept])
  const read = (from: object) => decodeWithMemo(teamLeadMapping, from, drift, {})
  expect(read(kept)).toBe(read(kept))
  expect(read(fresh)).not.toBe(read(fresh))
  expect(hasDecodeMemo(teamLeadMapping, fresh)).toBe(false)
})

test('a result that depends on more than the record is decoded each time', () => {
  const kept = { name: 'Ada' }
  enableDecodeMemo([kept])
  const idFor = (id: string) => decodeWithMemo(brokerageLeadMapping, kept, drift, { id }, () => false)?.id
  expect([idFor('first'), idFor('second')]).toEqual(['first', 'second'])
})
