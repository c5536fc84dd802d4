/** A list that is split while it arrives has the same elements as the whole list, for any chunk boundaries. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseRecords as recordsOfWhole } from '#src/upstreams/spacio/envelope.ts'
import { parseBody } from '#src/upstreams/spacio/parse-body.ts'
import { readList } from '#src/upstreams/spacio/read-list.ts'
import { streamRecords } from '#src/upstreams/spacio/streamed-request.ts'
import { runToEnd } from '#src/upstreams/transport/slices.ts'
import { createRunOptions } from '../../../support/properties.ts'

/** Splits the text before each of these positions. */
const getPieces = (body: Buffer, places: readonly number[]): Buffer[] => {
  const ends = [...new Set(places.map((place) => place % (body.length + 1)))].sort((a, b) => a - b)
  return [0, ...ends].map((start, index) => body.subarray(start, ends[index] ?? body.length))
}

async function* each(pieces: readonly Buffer[]): AsyncGenerator<Buffer, void> {
  yield* pieces
}

/** Null if it ends with an error. */
const inPieces = async (pieces: readonly Buffer[]): Promise<unknown[] | null> => {
  const records: unknown[] = []
  try {
    for await (const some of streamRecords(each(pieces), 'x')) records.push(...some)
    return records
  } catch (error) {
    expect(error).toMatchObject({ code: 'upstream-invalid-response' })
    return null
  }
}

const complete = (body: Buffer): unknown[] | null => {
  const read = parseBody(body)
  return read.kind === 'json' ? (recordsOfWhole(read.value, 'keyed')?.records ?? null) : null
}

const sortByText = (records: readonly unknown[]): unknown[] =>
  [...records].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))

const record = fc.dictionary(fc.oneof(fc.string(), fc.string({ unit: 'grapheme' })), fc.jsonValue({ maxDepth: 3 }), {
  maxKeys: 4,
})
const blank = fc.constantFrom('', ' ', '\n', '\t\r\n ')
const comma = fc.constantFrom('', '', ',')
const list = fc
  .tuple(fc.array(fc.tuple(record, blank), { maxLength: 8 }), fc.boolean(), comma, blank)
  .map(([rows, isKeyed, last, space]) => {
    const written = rows.map(([row, gap], index) => {
      const key = isKeyed ? `"${index + 1}"${gap}:${gap}` : ''
      return `${gap}${key}${JSON.stringify(row)}${gap}`
    })
    const inside = written.join(',') + (written.length > 0 ? last : '')
    return Buffer.from(isKeyed ? `${space}{${inside}${space}}${space}` : `${space}[${inside}${space}]${space}`)
  })
const places = fc.array(fc.nat(100_000), { maxLength: 12 })

test('any list in any chunks', () =>
  fc.assert(
    fc.asyncProperty(list, places, async (body, ends) => {
      const whole = complete(body)
      expect(whole).not.toBeNull()
      expect(await inPieces(getPieces(body, ends))).toStrictEqual(whole)
    }),
    createRunOptions(500),
  ))

test('one byte at a time', () =>
  fc.assert(
    fc.asyncProperty(list, async (body) => {
      const bytes = [...body].map((_, at) => body.subarray(at, at + 1))
      expect(await inPieces(bytes)).toStrictEqual(complete(body))
    }),
    createRunOptions(100),
  ))

test('invalid input yields the same result as the strict parser, or a fault if that parser rejects it', () =>
  fc.assert(
    fc.asyncProperty(list, places, fc.nat(), fc.nat(255), async (sound, ends, place, byte) => {
      const body = Buffer.from(sound)
      body[place % body.length] = byte
      const given = await inPieces(getPieces(body, ends))
      const strict = runToEnd(readList(body, 'keyed'))
      // A damaged key may be out of order: the parser sorts by key, the streamed list keeps the order of the body.
      if (strict) expect(sortByText(given ?? [])).toStrictEqual(sortByText(strict.records))
      else if (given) expect(given.length).toBeGreaterThanOrEqual(complete(body)?.length ?? 0)
    }),
    createRunOptions(1_000),
  ))

test('truncation at any byte is a fault', async () => {
  const body = Buffer.from(
    '{"1": {"name": "Zoë \\"{\\" ]", "a": [1, {"b": null}]}, "2": {"name": "x", "n": 000001,}, }',
  )
  expect(await inPieces([body])).toStrictEqual(complete(body))
  for (let end = 0; end < body.length; end += 1) {
    expect(await inPieces([body.subarray(0, end)])).toBeNull()
    expect(await inPieces([...body.subarray(0, end)].map((byte) => Buffer.of(byte)))).toBeNull()
  }
})

describe('input that is not a list of records', () => {
  test.for<[string, string]>([
    ['an error behind elements', '{"1": {"a": 1}, "error": "access-denied"}'],
    ['a text among elements', '{"1": {"a": 1}, "2": "access-denied"}'],
    ['trailing text', '{"1": {"a": 1}} {'],
    ['a second list', '[{"a": 1}][{"a": 1}]'],
    ['the bracket of an array', '{"1": {"a": 1}]'],
    ['a bracket that does not fit', '{"1": {"a": [1}}}'],
    ['two commas', '{"1": {"a": 1},, "2": {"a": 1}}'],
    ['a comma at first', '{, "1": {"a": 1}}'],
    ['no comma', '[{"a": 1} {"a": 2}]'],
    ['no colon', '{"1" {"a": 1}}'],
    ['a position twice', '{"1": {"a": 1}, "2": {"a": 2}, "2": {"a": 3}}'],
    ['a position twice, out of order', '{"3": {"a": 1}, "9": {"a": 2}, "1": {"a": 3}, "9": {"a": 4}}'],
    ['a duplicate position within a run', '{"1": {"a": 1}, "3": {"a": 2}, "2": {"a": 3}, "3": {"a": 4}}'],
    ['a position with a zero before it twice', '{"01": {"a": 1}, "1": {"a": 2}, "01": {"a": 3}}'],
    ['an empty key', '{"": {"a": 1}}'],
    ['a key that is too long', '{"1000000000": {"a": 1}}'],
    ['bare texts in the braces of an element', '{"1": {"a", "b"}}'],
    ['an invalid element', '{"1": {"a": x}}'],
    ['broken UTF-8', '{"1": {"a": "\xff"}}'],
    ['a nest', `[{"a": ${'['.repeat(40)}${']'.repeat(40)}}]`],
    ['a page', '<html><p>later</p></html>'],
  ])('%s', async ([, text]) => {
    const body = Buffer.from(text, 'latin1')
    expect(await inPieces([body])).toBeNull()
    expect(await inPieces([...body].map((byte) => Buffer.of(byte)))).toBeNull()
  })

  test('an unterminated element is not buffered without a limit', async () => {
    let given = 0
    const endless = async function* () {
      yield Buffer.from('{"1": {"a": "')
      for (; given < 1_000; given += 1) yield Buffer.alloc(64 * 1024, 'x')
    }
    await expect(streamRecords(endless(), 'x').next()).rejects.toMatchObject({ code: 'upstream-invalid-response' })
    expect(given).toBeLessThan(20)
  })
})

test('keys in alphabetical order, as some encoders write them', async () => {
  const body = Buffer.from('{"1": {"a": 1}, "10": {"a": 10}, "2": {"a": 2}}')
  expect(await inPieces([body])).toStrictEqual([{ a: 1 }, { a: 10 }, { a: 2 }])
})
