import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSameBytes } from '#src/upstreams/transport/same-bytes.ts'

const step = fc.record({
  key: fc.constantFrom('a', 'b'),
  text: fc.oneof(fc.constantFrom('', 'x', 'y', 'xy', 'x'.repeat(50), 'y'.repeat(50), 'x'.repeat(55)), fc.string()),
})

test('what is given is made of these bytes, and they are known where they came last time', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const sameBytes = createSameBytes()
      const last = new Map<string, string>()
      for (const { key, text } of steps) {
        const body = Buffer.from(text)
        const { value, isKnown } = sameBytes.of([key], body, () => ({ text: body.toString() }))
        expect([value.text, isKnown]).toEqual([text, last.get(key) === text])
        last.set(key, text)
        // Whoever reads a reply may use its memory again.
        body.fill(0)
      }
    }),
  )
})

test('it is made once of bytes that come again and again', () => {
  const sameBytes = createSameBytes()
  const give = () => sameBytes.of(['a'], Buffer.from('same'), () => ({})).value
  give()
  const second = give()
  expect(give()).toBe(second)
})

test('bytes are bounded, by what they take and not by what they say', () => {
  const sameBytes = createSameBytes(10_000)
  const give = (key: string, length: number) => sameBytes.of([key], Buffer.alloc(length), () => ({})).isKnown
  give('a', 4_000)
  give('b', 4_000)
  give('c', 4_000)
  expect([give('a', 4_000), give('c', 4_000)]).toEqual([false, true])
})
