/** Mapping tables with every feature, and records with every kind of wire value. */
import fc from 'fast-check'
import { requireValue, withSentinel } from '#src/mapping/codec.ts'
import { commaUrls, flag, integer, money, oneOrManyUrls, text, utcTime, yesNoUnknown } from '#src/mapping/codecs.ts'
import type { Rules } from '#src/mapping/rule.ts'

export const tables: Record<string, Rules> = {
  flat: [
    ['id', { from: 'key', codec: requireValue(text), reso: null }],
    ['price', { from: 'price', codec: withSentinel(-1, money), reso: null }],
    ['word', { from: 'N/A', codec: withSentinel('N/A', text), reso: null }],
    ['at', { from: 'at', codec: utcTime, reso: null }],
    ['photos', { from: 'photos', codec: oneOrManyUrls, reso: null }],
    ['list', { from: 'list', codec: commaUrls, reso: null }],
    ['note', { absent: true, empty: [], reso: null }],
    ['kind', { context: true, reso: null }],
  ],
  nested: [
    ['a', { from: 'one.two.three', codec: integer, reso: null }],
    ['b', { from: 'one.two.four', codec: yesNoUnknown, reso: null }],
    ['c', { from: 'one.flag', codec: flag, reso: null }],
    ['d', { from: 'one', codec: text, reso: null }],
    ['e', { from: 'own', codec: text, reso: null, orFromContext: true }],
    // Names that would become the same variable if their special characters were removed.
    ['f', { from: 'x-y', codec: text, reso: null }],
    ['g', { from: 'x_y', codec: text, reso: null }],
    ['h', { from: 'x y', codec: text, reso: null }],
    ['i', { from: 'x.y', codec: text, reso: null }],
    ['j', { from: 'toString', codec: text, reso: null }],
    ['k', { from: 'own.constructor', codec: text, reso: null }],
    ['__proto', { from: 'it\'s "quoted"\\', codec: text, reso: null }],
  ],
  nothing: [['kind', { context: true, reso: null }]],
}

const listKeys = (rules: Rules): string[] =>
  rules.flatMap(([, rule]) => ('from' in rule ? [rule.from.split('.'), rule.from] : [])).flat()

export const leaf = fc.oneof(
  fc.constantFrom<unknown>('', ' ', ' \u00a0', 'N/A', ' n/a ', 'N/AX', -1, '-1', 'YES', 'no', '$2,500,000', true, null),
  fc.constantFrom<unknown>('2026-02-28 09:00:01', '2026-02-30 09:00:01', '2026-05-02 9:00:01', '2024-02-29 24:00:00'),
  fc.constantFrom<unknown>('https://a/1,b', ['https://a/1', 'x', ''], 'javascript:alert(1)', [1], undefined),
  fc.string(),
  fc.double(),
)

export const createRecord = (rules: Rules) => {
  const key = fc.oneof(
    fc.constantFrom(...listKeys(rules), 'two', 'three', 'four', 'flag', 'y', 'unknown'),
    fc.string(),
    fc.constantFrom('__proto__', 'constructor', 'toString'),
  )
  const { record } = fc.letrec<{ record: Record<string, unknown>; value: unknown }>((tie) => ({
    record: fc.dictionary(key, tie('value'), { maxKeys: 8 }),
    value: fc.oneof({ depthSize: 'small' }, leaf, tie('record')),
  }))
  return record
}
