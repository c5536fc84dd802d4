/** Chunks of any size become one buffer. Tiny chunks need little more memory than their bytes. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createChunks } from '#src/lib/chunks.ts'

const chunk = fc.oneof(
  fc.uint8Array({ maxLength: 3 }),
  fc.uint8Array({ minLength: 1_000, maxLength: 1_100 }),
  fc.constantFrom(1_024, 1_025, 16_384, 20_000).map((length) => new Uint8Array(length).fill(length % 251)),
)

test('the taken bytes equal the added ones, repeatedly', () => {
  fc.assert(
    fc.property(fc.array(fc.array(chunk), { maxLength: 4 }), (bodies) => {
      const chunks = createChunks()
      for (const body of bodies) {
        for (const each of body) chunks.add(each)
        expect(chunks.take().equals(Buffer.concat(body))).toBe(true)
      }
    }),
  )
})

test('a single chunk is returned unchanged', () => {
  const chunks = createChunks()
  const only = Buffer.from('{}')
  chunks.add(only)
  expect(chunks.take()).toBe(only)
})

test('short chunks are copied, so that the buffers that they are parts of can be freed; long ones are not', () => {
  const chunks = createChunks()
  const [short, long] = [Buffer.from('b'), Buffer.alloc(2_000, 'c')]
  chunks.add(Buffer.from('a'))
  chunks.add(short)
  chunks.add(long)
  short.write('x')
  long.fill('y')
  expect(chunks.take().toString()).toBe(`ab${'y'.repeat(2_000)}`)
})
