/** The memo of a wire record has the result of its own mapping, and no records with drift. */
import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { text } from '#src/mapping/codecs.ts'
import { decodeWithMemo, enableDecodeMemo } from '#src/mapping/decode-memo.ts'
import { createDriftLog } from '#src/mapping/drift.ts'
import { defineMapping } from '#src/mapping/mapping.ts'
import { createResponseMemo } from '#src/upstreams/transport/response-memo.ts'
import { readThroughMemo } from '../../support/read-through-memo.ts'

const Thing = Type.Object({ name: Type.Unsafe<string | null>({ type: ['string', 'null'] }) }, { $id: 'Thing' })

const before = defineMapping('before', Thing, { name: { from: 'first', codec: text, reso: null } })
const after = defineMapping('after', Thing, { name: { from: 'last', codec: text, reso: null } })

const none = () => {}

test('one frozen object for one record; another mapping decodes it again', () => {
  const record = { first: 'Ada', last: 'Lovelace' }
  expect(decodeWithMemo(before, record, none, {})).not.toBe(decodeWithMemo(before, record, none, {}))
  const whole = { first: 'Ada' }
  enableDecodeMemo([whole])
  const decoded = decodeWithMemo(before, whole, none, {})
  expect(decodeWithMemo(before, whole, none, {})).toBe(decoded)
  expect(Object.isFrozen(decoded)).toBe(true)
  expect(decodeWithMemo(after, { last: 'Lovelace' }, none, {})).toEqual({ name: 'Lovelace' })
  expect(decodeWithMemo(after, whole, none, {})).toEqual({ name: null })
})

test('drift is counted each time', () => {
  const drift = createDriftLog()
  const record = { first: 'Ada', new: 1 }
  enableDecodeMemo([record])
  for (let time = 0; time < 3; time += 1)
    expect(decodeWithMemo(before, record, drift.note, {})).toEqual({ name: 'Ada' })
  expect(drift.counts()).toEqual([{ resource: 'before', field: 'new', kind: 'unknown-field', count: 3 }])
})

test('the same bytes are parsed at most twice, other bytes and other requests again; the memory is bounded', () => {
  const responseMemo = createResponseMemo(100)
  let made = 0
  const of = (key: string, body: string) =>
    readThroughMemo(responseMemo, key, Buffer.from(body), () => {
      made += 1
      return { made }
    })
  expect(of('a', 'x')).toEqual({ value: { made: 1 }, isRepeat: false })
  expect(of('a', 'x')).toEqual({ value: { made: 2 }, isRepeat: true })
  expect(of('a', 'x')).toEqual({ value: { made: 2 }, isRepeat: true })
  expect(of('a', 'y')).toEqual({ value: { made: 3 }, isRepeat: false })
  expect(of('a', 'x')).toEqual({ value: { made: 4 }, isRepeat: false })
  expect(of('b', 'x')).toEqual({ value: { made: 5 }, isRepeat: false })
  of('c', 'z'.repeat(99))
  expect(of('a', 'x').isRepeat).toBe(false)
})
