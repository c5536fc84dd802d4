/** Reading a list element by element gives the same result as parsing it at once, or leaves it to the parser. */
import { globSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseRecords } from '#src/upstreams/spacio/envelope.ts'
import { parseBody } from '#src/upstreams/spacio/parse-body.ts'
import { readList } from '#src/upstreams/spacio/read-list.ts'
import { runToEnd } from '#src/upstreams/transport/slices.ts'
import { createRunOptions } from '../../../support/properties.ts'

const shapes = ['keyed', 'paged'] as const

const slowly = (body: Buffer, shape: (typeof shapes)[number]) => {
  const read = parseBody(body)
  return read.kind === 'json' ? parseRecords(read.value, shape) : null
}

const same = (body: Buffer): number => {
  const given = shapes.filter((shape) => {
    const quick = runToEnd(readList(body, shape))
    if (quick) expect(quick).toStrictEqual(slowly(body, shape))
    return quick !== null
  })
  return given.length
}

const record = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 })
const key = fc.oneof(fc.nat(12).map(String), fc.constantFrom('01', '1', 'error', 'code', '"', '\\', 'é', '__proto__'))
const keyed = fc.uniqueArray(fc.tuple(key, fc.oneof({ weight: 8, arbitrary: record }, fc.jsonValue())), {
  maxLength: 6,
})
const text = keyed.map(
  (members) => `{${members.map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`).join(' ,\n')}}`,
)
const list = fc.oneof(
  text,
  fc.array(record, { maxLength: 5 }).map((records) => JSON.stringify(records)),
)
const info = fc.constantFrom('{"resultsOnPage": 1, "totalCount": "12", "totalPages": 1}', '{}', '[]', '1')
const paged = fc.oneof(
  fc.tuple(info, list).map(([about, data]) => `{"info": ${about}, "data": ${data}}`),
  fc.tuple(info, list).map(([about, data]) => `{"data": ${data}, "info": ${about}, "code": "x"}`),
)

/** One byte is changed, removed or doubled, or the text is truncated. */
const spoilt = fc.tuple(fc.oneof(list, paged), fc.nat(), fc.nat(255), fc.nat(3)).map(([whole, place, byte, kind]) => {
  const bytes = Buffer.from(whole)
  const at = place % bytes.length
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at + 1)]
  const middle = [[byte], [], [bytes[at] as number, bytes[at] as number], [bytes[at] as number]][kind] as number[]
  return Buffer.concat(kind === 3 ? [before] : [before, Buffer.from(middle), after])
})

test('valid lists in any layout', () => {
  const size = createRunOptions(2_000)
  let quick = 0
  fc.assert(
    fc.property(fc.oneof(list, paged), (body) => {
      quick += same(Buffer.from(` ${body}\n`))
    }),
    size,
  )
  // The test proves nothing if every list is left to the parser.
  expect(quick).toBeGreaterThan(size.numRuns / 4)
})

test('and invalid variants of them', () => {
  fc.assert(
    fc.property(spoilt, (body) => {
      same(body)
    }),
    createRunOptions(6_000),
  )
})

const fixtures = globSync(`${import.meta.dirname}/../../../fixtures/spacio/*.txt`)

test.for(fixtures)('the vendor’s own sample, %s', (file) => {
  const body = readFileSync(file)
  same(body)
  for (let end = 0; end < body.length; end += 7) expect(same(body.subarray(0, end))).toBe(0)
})

test.for<[string, string]>([
  ['a comma too many', '{"1": {"a": 1},}'],
  ['an array with a comma too many', '[{"a": 1},]'],
  ['keys that do not ascend', '{"10": {"a": 1}, "9": {"a": 2}}'],
  ['defects within its elements', '{"1": {"sid": 000001, "a": [1,],}, "2": {"b": 2}}'],
])('match the parser of whole bodies: %s', ([, body]) => {
  expect(same(Buffer.from(body))).toBe(1)
})

test.for<[string, string]>([
  ['a key twice', '{"1": {"a": 1}, "1": {"a": 2}}'],
  ['trailing text', '{"1": {"a": 1}} x'],
  ['another bracket', '{"1": {"a": 1]}'],
  ['an error', '{"error": "invalid-sid"}'],
  ['bare texts in braces', '{"a@example.com", "b@example.com"}'],
  ['broken UTF-8', '{"1": {"a": "\xff"}}'],
  ['a nest', `{"1": {"a": ${'['.repeat(40)}${']'.repeat(40)}}}`],
])('%s is left to the parser of whole bodies', ([, body]) => {
  expect(same(Buffer.from(body, 'latin1'))).toBe(0)
})
