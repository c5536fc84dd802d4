/** How each codec reads, for people; what it makes of the samples the codec itself says. */
import type { Codec } from '#src/mapping/codec.ts'
import * as codecs from '#src/mapping/codecs.ts'

interface Reading {
  codec: Codec<unknown, unknown>
  words: string
  samples: readonly unknown[]
}

const reading = <Value, Empty>(codec: Codec<Value, Empty>, words: string, ...samples: unknown[]): Reading => ({
  codec: codec as Codec<unknown, unknown>,
  words,
  samples,
})

export const readings: readonly Reading[] = [
  reading(
    codecs.text,
    'Unchanged text. A JSON number becomes text with exactly its digits, including leading zeros.',
    'AB123456',
    7,
  ),
  reading(codecs.integer, 'An integer, or its digits as text.', 3, '3', '1,200'),
  reading(codecs.decimal, 'A number, or its digits as text.', 2.5, '2.5'),
  reading(codecs.money, 'An amount; the upstream states no currency.', '2300000', '$2,500,000', '499900.00'),
  reading(
    codecs.areaText,
    'An area in free text. A range, or a unit other than square feet, is unreadable.',
    '10,000',
    '2,500 sq ft',
  ),
  reading(codecs.yesNoUnknown, 'Yes, no or unknown.', 'YES', 'NO', 'UNKNOWN'),
  reading(codecs.flag, 'True or false.', true),
  reading(codecs.utcTime, 'A time in UTC without a zone, as RFC 3339.', '2019-06-21 9:16:07'),
  reading(
    codecs.isoTime,
    'ISO 8601 with a zone, or a bare day, as RFC 3339 in UTC.',
    '2026-05-02T10:04:11-07:00',
    '2026-05-02',
  ),
  reading(
    codecs.commaList,
    'A list from texts that are joined by commas.',
    'https://a.example/1.jpg,https://a.example/2.jpg',
  ),
  reading(codecs.oneOrMany, 'A list from one text or several texts.', 'https://a.example/1.jpg', []),
]

/** The name of a codec in words for a table cell: nested tables become links, sentinels are told apart. */
export const inWords = (name: string): string => {
  const [inner = '', ...sentinels] = name.split(', absent when ')
  return [phrase(inner), ...sentinels.map((sentinel) => `\`${sentinel}\` is no value`)].join('; ')
}

const phrase = (name: string): string => {
  const [, kind, table] = /^(list|record) of (\S+)$/.exec(name) ?? []
  if (table) return `${kind} of [${table}](#${anchorOf(table)})`
  if (name.startsWith('required ')) return `${phrase(name.slice('required '.length))}, required`
  const known = readings.some(({ codec }) => codec.name === name)
  if (!known) throw new TypeError(`scripts/docs/codecs.ts has no words for the codec "${name}"`)
  return `[${name}](#how-values-are-read)`
}

/** Of a heading that is the name of a table. */
export const anchorOf = (table: string): string => table.toLowerCase().replaceAll('.', '')
