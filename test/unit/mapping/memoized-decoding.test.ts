/** A record that is kept is decoded once for each mapping, and never given to another mapping. */
import { expect, test } from 'vitest'
import { decodeKept, isDecoded, keepDecoded } from '#src/mapping/decode-memo.ts'
import { brokerageLeadMapping, teamLeadMapping } from '#src/upstreams/spacio/mappings/lead.ts'

const drift = () => {}

const record = () => ({ id: 'x', name: 'Ada', dateCreated: '2026-03-01 10:00:00' })

test('two mappings of one record give what each of them says, in any order', () => {
  const [kept, fresh] = [record(), record()]
  keepDecoded([kept])
  for (const mapping of [teamLeadMapping, brokerageLeadMapping, teamLeadMapping]) {
    expect(decodeKept(mapping, kept, drift, { sid: null })).toEqual(mapping.decode(fresh, drift, { sid: null }))
    expect(isDecoded(mapping, kept)).toBe(true)
  }
  expect(isDecoded(brokerageLeadMapping, kept)).toBe(false)
})

test('the same mapping gives the same object; of a record that is not kept, another one each time', () => {
  const [kept, fresh] = [record(), record()]
  keepDecoded([kept])
  const read = (from: object) => decodeKept(teamLeadMapping, from, drift, {})
  expect(read(kept)).toBe(read(kept))
  expect(read(fresh)).not.toBe(read(fresh))
  expect(isDecoded(teamLeadMapping, fresh)).toBe(false)
})

test('what is not made of the record alone is decoded each time', () => {
  const kept = { name: 'Ada' }
  keepDecoded([kept])
  const idFor = (id: string) => decodeKept(brokerageLeadMapping, kept, drift, { id }, () => false)?.id
  expect([idFor('first'), idFor('second')]).toEqual(['first', 'second'])
})
