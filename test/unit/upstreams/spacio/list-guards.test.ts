/** An incomplete list, or a list with other elements, never becomes a shorter one. */
import { describe, expect, test } from 'vitest'
import { scanValue } from '#src/json/scanner.ts'
import { createDriftLog } from '#src/mapping/drift.ts'
import { createDecoder } from '#src/upstreams/spacio/decode.ts'
import { propertyMapping } from '#src/upstreams/spacio/mappings/property.ts'
import { readList } from '#src/upstreams/spacio/read-list.ts'
import { streamRecords } from '#src/upstreams/spacio/streamed-request.ts'
import { runToEnd } from '#src/upstreams/transport/slices.ts'

describe('a list layout', () => {
  const getEnd = (text: string) =>
    scanValue({ bytes: Buffer.from(text), entries: new Int32Array(300), hasDefect: false }, 0)

  test.for(['{"a":1}', '[1]', '{"a":[{}]}', '[]'])('%s is whole', (text) => {
    expect(getEnd(text)).toBe(text.length)
  })

  test.for(['{"a":1]', '[1}', '{]', '[}', '[{"a":[1}]', '{"a":{"b":1]}', '{"a" 1}', '{"a":1 "b":2}', '[1 2]'])(
    '%s is rejected',
    (text) => {
      expect(getEnd(text)).toBe(-1)
    },
  )
})

test.for([
  ['a key with an escape', '{"\\u0031":{"a":1}}'],
  ['a key without its colon', '{"1" {"a":1}}'],
  ['a member without its comma', '{"1":{"a":1} "2":{"a":2}}'],
  ['two commas', '[{"a":1},,{"a":2}]'],
  ['an element that is not a record', '[{"a":1},2]'],
  ['another closing bracket', '[{"a":1}}'],
])('a list with %s is left to the parser of whole bodies', ([, body]) => {
  expect(runToEnd(readList(Buffer.from(body as string), 'keyed'))).toBeNull()
})

describe('an export', () => {
  const read = async (text: string) => {
    const chunks = (async function* () {
      yield Buffer.from(text)
    })()
    const records: unknown[] = []
    for await (const some of streamRecords(chunks, 'x')) records.push(...some)
    return records
  }

  test('returns the records of a complete list, and none for an empty one', async () => {
    expect(await read('[{"a":1},{"a":2}]')).toEqual([{ a: 1 }, { a: 2 }])
    expect(await read('{}')).toEqual([])
  })

  test.for(['[{"a":1}', '[{"a":1},', '{"1":{"a":1}', '[', '', '[{"a":1},2]', '[{"a":1},{"a":}]', '[{"a":1}] x'])(
    'ends in a problem: %s',
    async (text) => {
      await expect(read(text)).rejects.toMatchObject({ code: 'upstream-invalid-response' })
    },
  )
})

describe('decoding', () => {
  const { decodeAll } = createDecoder(createDriftLog().note)
  const answer = (records: unknown[]) => ({ records, info: null, operation: 'getProperties', fetchedAt: '2026-03-15' })
  const sound = { sid: 1, title: 'x' }

  test('a record without a required field makes the whole reply invalid', () => {
    const all = () => decodeAll(answer([sound, { title: 'y' }]), propertyMapping, { includeSource: false })
    expect(all).toThrow(expect.objectContaining({ code: 'upstream-invalid-response' }))
  })

  test('the wire record is included only on request', async () => {
    const [without] = await decodeAll(answer([sound]), propertyMapping, { includeSource: false })
    expect(without).not.toHaveProperty('source')
    const [withSource] = await decodeAll(answer([sound]), propertyMapping, { includeSource: true })
    expect(withSource).toHaveProperty('source', {
      system: 'spacio',
      operation: 'getProperties',
      fetchedAt: '2026-03-15',
      record: sound,
    })
  })
})
