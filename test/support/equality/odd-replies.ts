/** Lists of records of any mapping, of usual and of odd values, in every layout that an upstream may write. */
import fc from 'fast-check'
import { isWire, type WireRule } from '#src/mapping/rule.ts'
import { createRandom, type Random } from '../../../sandbox/random.ts'
import { type AnyMapping, nestedIn } from './plain.ts'
import { mappingOf, type Question, shapeOf } from './questions.ts'

/** A number that JavaScript would write with other digits. */
const raw = (digits: string): unknown => (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(digits)

/** What a codec expects, by the end of its name's first part. */
const usual: Record<string, readonly unknown[]> = {
  text: ['Ada Lovelace', 'a@example.com', '您好', 'N/A', '', null, 7, raw('9007199254740993'), raw('12345.10')],
  integer: [-1, 0, 12, '000012', '1,200', raw('12.0'), raw('-1.0')],
  decimal: [-1, 2.5, '2.5', '-122.4194', 1e21, raw('2.50'), raw('-122.41940000000000000001')],
  money: [-1, '$2,500,000', '499900.00', 2_300_000, '-$5'],
  'area text': ['10,000', '2,500 sq ft', '20000'],
  'yes/no/unknown': ['YES', 'NO', 'UNKNOWN', 'yes ', true],
  boolean: [true, false, null],
  'UTC time': ['2026-03-15 12:00:00', '2024-02-29 9:05:01', '2026-12-31T23:59:59', '2026-01-31 00:00:00'],
  'ISO 8601 time': ['2026-05-02T17:04:11.000Z', '2026-05-02', '2026-05-02T17:04+02:00'],
  'comma list': ['https://example.com/a,b.jpg, https://example.com/c.jpg', 'a, b,,c', ''],
  'one or many': ['https://example.com/a.jpg', ['a', '', 'b'], []],
}

const odd = fc.oneof(
  fc.constantFrom<unknown>('-1', ' -1 ', '$2,500,000', 'Call', 'n/a', ' N/A ', 'MAYBE', '', ' ', '\u00a0', null, true),
  fc.constantFrom<unknown>('2026-02-30 10:00:00', '2026-02-29 1:00:00', '0000-01-01 00:00:00', '2024-02-29 24:00:00'),
  fc.constantFrom<unknown>(
    '2026-13-01',
    '15/03/2024 noon',
    '2026-05-02T17:04:11',
    '9999-12-31 23:59:60',
    ' 2026-03-15 ',
  ),
  fc.constantFrom<unknown>('\ud83d', 'a\udc00b', '😀', '\u2028\u0000\u001f"\\/', '{"1":{', ']}', '\\u00e9', 'ﬀ'),
  fc.constantFrom<unknown>('x'.repeat(5_000), '\\"'.repeat(400), 'é😀'.repeat(300), 1e308, -0, 2 ** 53, 1e-7, {}, []),
  fc.constantFrom<unknown>(
    { 0: { answer: 'x' }, 2: null, 1: {} },
    [{ answer: 1 }, 'x'],
    { question: [] },
    { '01': {} },
  ),
  fc.constantFrom<unknown>(raw('9007199254740993'), raw('1e400'), raw('1.50'), raw('-0'), raw('9.007199254740993e15')),
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.jsonValue({ maxDepth: 2 }),
)

const strangeKeys = ['futureField', '__proto__', 'constructor', 'toString', '', 'a.b', 'Ünknown 😀', '0', 'error']

/** Chooses a record's values: most of them usual. `oddness`: the share of the others. */
const recordOf = ({ rules }: AnyMapping, random: Random, pool: readonly unknown[], oddness: number): object => {
  const record = new Map<string, unknown>()
  const isThin = random.chance(oddness / 4)
  for (const [, rule] of rules) {
    if (!isWire(rule)) continue
    // A list is unusable as soon as one record is.
    const share = rule.codec.required ? oddness / 100 : oddness
    if (random.chance(isThin && !rule.codec.required ? 0.9 : share / 2)) continue
    const isOdd = random.chance(share)
    const nested = nestedIn(rule.codec)
    const values = usual[rule.codec.name.replace(/^required |, absent when .*$/g, '')] ?? []
    const inner = () => recordOf(nested?.mapping as AnyMapping, random, pool, oddness / 2)
    if (isOdd) put(record, rule.from.split('.'), random.pick(pool))
    else if (!nested) put(record, rule.from.split('.'), random.pick(isIdentity(rule) ? sound(values) : values))
    else if (nested.kind === 'record') put(record, rule.from.split('.'), inner())
    else put(record, rule.from.split('.'), listed(Array.from({ length: random.integer(0, 2) }, inner), random))
  }
  if (random.chance(oddness / 4)) {
    const paths = rules.flatMap(([, rule]) => (isWire(rule) ? [rule.from.split('.')] : []))
    put(record, [...random.pick(paths).slice(0, -1), random.pick(strangeKeys)], random.pick(pool))
  }
  return plainObject(record)
}

/** Whatever else a record lacks, it says what it is. */
const isIdentity = ({ codec, orGiven }: WireRule) => codec.required || orGiven

const sound = (values: readonly unknown[]) => values.filter((value) => value !== null && value !== '')

const listed = (elements: object[], random: Random): object => (random.chance(0.5) ? elements : { ...elements })

const put = (record: Map<string, unknown>, [key = '', ...rest]: readonly string[], value: unknown): void => {
  if (rest.length === 0) record.set(key, value)
  else {
    const inner = record.get(key)
    const nested = inner instanceof Map ? inner : new Map<string, unknown>()
    put(nested, rest, value)
    record.set(key, nested)
  }
}

/** With a field `__proto__` where there is one. */
const plainObject = (record: Map<string, unknown>): object =>
  Object.fromEntries([...record].map(([key, value]) => [key, value instanceof Map ? plainObject(value) : value]))

/** JSON may spell one text in many ways, and lay it out in many. */
const spellings: readonly ((value: unknown) => string)[] = [
  JSON.stringify,
  (value) => JSON.stringify(value, null, 2),
  (value) => JSON.stringify(value).replaceAll('/', '\\/'),
  (value) =>
    JSON.stringify(value).replaceAll(
      /[\u0080-\uffff]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
]

const listOf = (records: readonly object[], random: Random, mayBeFaulty: boolean): string => {
  const write = random.pick(spellings)
  const isKeyed = random.chance(0.5)
  const gap = random.pick(['', ' ', '\n\t'])
  const members = records.map((record, index) => `${isKeyed ? `"${index + 1}"${gap}:` : ''}${gap}${write(record)}`)
  // Defects that the vendor's samples show.
  const last = mayBeFaulty && records.length > 0 && random.chance(0.2) ? ',' : ''
  const inside = members.join(`${gap},`) + last + gap
  return isKeyed ? `{${inside}}` : `[${inside}]`
}

/** Replies to a question, each a list of that many records. */
export const oddReplies = (operation: Question['operation'], length: number): fc.Arbitrary<Buffer> =>
  fc
    .tuple(fc.array(odd, { minLength: 20, maxLength: 40 }), fc.integer(), fc.constantFrom(0, 0, 0.002, 0.02, 0.3))
    .map(([pool, seed, oddness]) => {
      const random = createRandom(seed, operation)
      const records = Array.from({ length }, () => recordOf(mappingOf[operation], random, pool, oddness))
      if (operation === 'find') return Buffer.from(JSON.stringify({ total: length, limit: 50, skip: 0, data: records }))
      const list = listOf(records, random, true)
      if (shapeOf(operation) === 'keyed') return Buffer.from(list)
      const info = { resultsOnPage: length, totalCount: length, pageNumber: 1, totalPages: 1 }
      return Buffer.from(`{"info": ${JSON.stringify(info)}, "data": ${list}}`)
    })
