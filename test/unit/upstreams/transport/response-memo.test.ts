import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createResponseMemo } from '#src/upstreams/transport/response-memo.ts'
import { readThroughMemo } from '../../../support/read-through-memo.ts'

const step = fc.record({
  key: fc.constantFrom('a', 'b'),
  text: fc.oneof(fc.constantFrom('', 'x', 'y', 'xy', 'x'.repeat(50), 'y'.repeat(50), 'x'.repeat(55)), fc.string()),
})

test('the value belongs to these bytes, and a repetition is detected', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const responseMemo = createResponseMemo()
      const last = new Map<string, string>()
      for (const { key, text } of steps) {
        const body = Buffer.from(text)
        const { value, isRepeat } = readThroughMemo(responseMemo, key, body, () => ({ text: body.toString() }))
        expect([value.text, isRepeat]).toEqual([text, last.get(key) === text])
        last.set(key, text)
      }
    }),
  )
})

test('identical bytes are decoded once', () => {
  const responseMemo = createResponseMemo()
  const give = () => readThroughMemo(responseMemo, 'a', Buffer.from('same'), () => ({})).value
  give()
  const second = give()
  expect(give()).toBe(second)
})
