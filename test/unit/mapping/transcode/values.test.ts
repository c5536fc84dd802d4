/** The transcoder of a value writes what its codec reads, for any spelling. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createByteWriter } from '#src/json/byte-writer.ts'
import { parseWire } from '#src/json/parse-wire-json.ts'
import { type Codec, unreadable, withSentinel } from '#src/mapping/codec.ts'
import { decimal, flag, integer, isoTime, text, utcTime, yesNoUnknown } from '#src/mapping/codecs.ts'
import { absent, fallback } from '#src/mapping/transcode/types.ts'

/** The JSON of the codec's result, or null if the value is unreadable. */
const readBy = (codec: Codec<unknown, unknown>, wire: string): string | null => {
  const value = codec.decode(parseWire(Buffer.from(wire)), () => {})
  return value === unreadable ? null : JSON.stringify(value)
}

/** The JSON of the transcoder, or undefined if it leaves the value to the codec. */
const writtenFor = (codec: Codec<unknown, unknown>, wire: string): string | undefined => {
  const bytes = Buffer.from(wire)
  const output = createByteWriter(64)
  const rewriting = codec.transcode?.(bytes, 0, bytes.length, output) ?? fallback
  if (rewriting === fallback) return undefined
  return rewriting === absent ? JSON.stringify(codec.empty) : output.bytes.toString('utf8', 0, output.offset)
}

/** The common spellings of each codec. All of them are transcoded. */
const usual: [Codec<unknown, unknown>, string[]][] = [
  [text, ['"Ada"', '"您好"']],
  [integer, ['0', '-12', '"7"', '"10,000"', '"1,234,567"', '"-1,200"', '"3.0"']],
  [decimal, ['2.5', '-122.4194', '"0.25"', '"10,000"', '"12.50"', '0.00001']],
  [withSentinel(-1, integer), ['-1', '12', '"7"', '0']],
  [withSentinel('N/A', text), ['"N/A"', '"Ada"', '"None"']],
  [flag, ['true', 'false']],
  [yesNoUnknown, ['"YES"', '"NO"', '"UNKNOWN"']],
  [utcTime, ['"2026-01-31 09:00:01"', '"2024-02-29 23:59:59"', '"2026-12-31 00:00:00"']],
  [isoTime, ['"2026-05-02T17:04:11.000Z"', '"2026-05-02T17:04:11Z"']],
]

for (const [codec, spellings] of usual) {
  test.for(spellings)(`${codec.name} transcodes %s to the codec's value`, (wire) => {
    const written = writtenFor(codec, wire)
    expect(written).toBeDefined()
    expect(written).toBe(readBy(codec, wire))
  })
}

test.for([integer, decimal, withSentinel(-1, integer)])(
  '$name leaves more digits than a double holds to its codec',
  (codec) => {
    for (const wire of ['9007199254740993', '"9007199254740993"', '"9,007,199,254,740,993"', '0.1234567890123456']) {
      expect([wire, writtenFor(codec, wire)]).toEqual([wire, undefined])
    }
  },
)

const sign = fc.constantFrom(...'0123456789,.-+:TZ eE"xN/A')

/** A common spelling with changed, missing or additional characters, as a valid JSON scalar. */
const nearMiss = (spellings: readonly string[]) =>
  fc
    .tuple(fc.constantFrom(...spellings), fc.array(fc.tuple(fc.nat(), sign, fc.nat(2)), { minLength: 1, maxLength: 3 }))
    .map(([spelling, changes]) =>
      changes.reduce((wire, [place, by, kind]) => {
        const at = place % wire.length
        return wire.slice(0, at) + (kind === 1 ? '' : by) + wire.slice(kind === 2 ? at : at + 1)
      }, spelling),
    )
    .filter(isScalar)

const isScalar = (wire: string): boolean => {
  if (!/^("[^"\\\s][^"\\]*"|-?\d\S*|true|false)$/.test(wire)) return false
  try {
    JSON.parse(wire)
    return true
  } catch {
    return false
  }
}

for (const [codec, spellings] of usual) {
  test(`${codec.name}: uncommon spellings are transcoded to the codec's value, or left to the codec`, () => {
    fc.assert(
      fc.property(nearMiss(spellings), (wire) => {
        const written = writtenFor(codec, wire)
        if (written !== undefined) expect([wire, written]).toEqual([wire, readBy(codec, wire)])
      }),
      { numRuns: 3_000 },
    )
  })
}
