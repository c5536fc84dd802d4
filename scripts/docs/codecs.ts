/** Describes each codec. The results of its samples come from the codec itself. */
import type { Codec } from '#src/mapping/codec.ts'
import * as codecs from '#src/mapping/codecs.ts'

interface CodecDescription {
  codec: Codec<unknown, unknown>
  description: string
  samples: readonly unknown[]
}

const describeCodec = <Value, Empty>(
  codec: Codec<Value, Empty>,
  description: string,
  ...samples: unknown[]
): CodecDescription => ({
  codec: codec as Codec<unknown, unknown>,
  description,
  samples,
})

export const codecDescriptions: readonly CodecDescription[] = [
  describeCodec(
    codecs.text,
    'Unchanged text. A JSON number becomes text with exactly its digits, including leading zeros.',
    'AB123456',
    7,
  ),
  describeCodec(codecs.integer, 'An integer, or its digits as text.', 3, '3', '1,200'),
  describeCodec(codecs.decimal, 'A number, or its digits as text.', 2.5, '2.5'),
  describeCodec(codecs.money, 'An amount; the upstream states no currency.', '2300000', '$2,500,000', '499900.00'),
  describeCodec(
    codecs.areaText,
    'An area in free text. A range, or a unit other than square feet, is unreadable.',
    '10,000',
    '2,500 sq ft',
  ),
  describeCodec(codecs.yesNoUnknown, 'Yes, no or unknown.', 'YES', 'NO', 'UNKNOWN'),
  describeCodec(codecs.flag, 'True or false.', true),
  describeCodec(codecs.utcTime, 'A time in UTC without a zone, as RFC 3339.', '2019-06-21 9:16:07'),
  describeCodec(
    codecs.isoTime,
    'ISO 8601 with a zone, or a bare day, as RFC 3339 in UTC.',
    '2026-05-02T10:04:11-07:00',
    '2026-05-02',
  ),
  describeCodec(codecs.webUrl, 'An http or https URL. A URL of another scheme is unreadable.', 'https://a.example/1'),
  describeCodec(
    codecs.commaUrls,
    'A list from http and https URLs that are joined by commas. Other elements are left out and count as drift.',
    'https://a.example/1.jpg,https://a.example/2.jpg',
  ),
  describeCodec(
    codecs.oneOrManyUrls,
    'A list from one or several http and https URLs. Other elements are left out and count as drift.',
    'https://a.example/1.jpg',
    [],
  ),
]

/** Returns the description of a codec for a table cell. Nested tables become links, and sentinels are named. */
export const describeName = (name: string): string => {
  const [inner = '', ...sentinels] = name.split(', absent when ')
  return [describePart(inner), ...sentinels.map((sentinel) => `\`${sentinel}\` is no value`)].join('; ')
}

const describePart = (name: string): string => {
  const [, kind, table] = /^(list|record) of (\S+)$/.exec(name) ?? []
  if (table) return `${kind} of [${table}](#${toAnchor(table)})`
  if (name.startsWith('required ')) return `${describePart(name.slice('required '.length))}, required`
  const known = codecDescriptions.some(({ codec }) => codec.name === name)
  if (!known) throw new TypeError(`scripts/docs/codecs.ts has no words for the codec "${name}"`)
  return `[${name}](#how-values-are-read)`
}

/** Returns the anchor of a heading that is the name of a table. */
export const toAnchor = (table: string): string => table.toLowerCase().replaceAll('.', '')
