/** Lists of records of any mapping, with common and uncommon values, in every JSON layout. */
import fc from 'fast-check'
import { isWireRule, type WireRule } from '#src/mapping/rule.ts'
import { createRandom, type Random } from '../../../sandbox/random.ts'
import { type AnyMapping, findNested } from './plain.ts'
import { type DecodeRequest, getShape, mappingByOperation } from './questions.ts'

/** A number that JavaScript would write with different digits. */
const toRaw = (digits: string): unknown => (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(digits)

/** Values that a codec accepts, by the last words of its name. */
const normalValues: Record<string, readonly unknown[]> = {
  text: ['Ada Lovelace', 'a@example.com', '您好', 'N/A', '', null, 7, toRaw('9007199254740993'), toRaw('12345.10')],
  integer: [-1, 0, 12, '000012', '1,200', toRaw('12.0'), toRaw('-1.0')],
  decimal: [-1, 2.5, '2.5', '-122.4194', 1e21, toRaw('2.50'), toRaw('-122.41940000000000000001')],
  money: [-1, '$2,500,000', '499900.00', 2_300_000, '-$5'],
  'area text': ['10,000', '2,500 sq ft', '20000'],
  'yes/no/unknown': ['YES', 'NO', 'UNKNOWN', 'yes ', true],
  boolean: [true, false, null],
  'UTC time': ['2026-03-15 12:00:00', '2024-02-29 9:05:01', '2026-12-31T23:59:59', '2026-01-31 00:00:00'],
  'ISO 8601 time': ['2026-05-02T17:04:11.000Z', '2026-05-02', '2026-05-02T17:04+02:00'],
  'web URL': ['https://example.com/a', ' http://example.com/b ', ''],
  'comma-separated web URLs': ['https://example.com/a,b.jpg, https://example.com/c.jpg', ' https://b.example,, ', ''],
  'one or many web URLs': ['https://example.com/a.jpg', ['https://a.example', '', 'http://b.example'], []],
}

const oddValues = fc.oneof(
  fc.constantFrom<unknown>('javascript:alert(1)', 'a, https://b.example', ['https://a.example', 'data:,b']),
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
  fc.constantFrom<unknown>(
    toRaw('9007199254740993'),
    toRaw('1e400'),
    toRaw('1.50'),
    toRaw('-0'),
    toRaw('9.007199254740993e15'),
  ),
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.jsonValue({ maxDepth: 2 }),
)

const strangeKeys = ['futureField', '__proto__', 'constructor', 'toString', '', 'a.b', 'Ünknown 😀', '0', 'error']

/** Chooses the values of a record. Most are common; `oddness` is the share of the others. */
const createRecord = ({ rules }: AnyMapping, random: Random, pool: readonly unknown[], oddness: number): object => {
  const record = new Map<string, unknown>()
  const isThin = random.chance(oddness / 4)
  for (const [, rule] of rules) {
    if (!isWireRule(rule)) continue
    // A list is unusable if one record is.
    const share = rule.codec.required ? oddness / 100 : oddness
    if (random.chance(isThin && !rule.codec.required ? 0.9 : share / 2)) continue
    const isOdd = random.chance(share)
    const nested = findNested(rule.codec)
    const values = normalValues[rule.codec.name.replace(/^required |, absent when .*$/g, '')] ?? []
    const inner = () => createRecord(nested?.mapping as AnyMapping, random, pool, oddness / 2)
    if (isOdd) setPath(record, rule.from.split('.'), random.pick(pool))
    else if (!nested) setPath(record, rule.from.split('.'), random.pick(isIdentity(rule) ? keepSound(values) : values))
    else if (nested.kind === 'record') setPath(record, rule.from.split('.'), inner())
    else
      setPath(record, rule.from.split('.'), listElements(Array.from({ length: random.integer(0, 2) }, inner), random))
  }
  if (random.chance(oddness / 4)) {
    const paths = rules.flatMap(([, rule]) => (isWireRule(rule) ? [rule.from.split('.')] : []))
    setPath(record, [...random.pick(paths).slice(0, -1), random.pick(strangeKeys)], random.pick(pool))
  }
  return toPlainObject(record)
}

/** A record always has its identifying field. */
const isIdentity = ({ codec, orFromContext }: WireRule) => codec.required || orFromContext

const keepSound = (values: readonly unknown[]) => values.filter((value) => value !== null && value !== '')

const listElements = (elements: object[], random: Random): object => (random.chance(0.5) ? elements : { ...elements })

const setPath = (record: Map<string, unknown>, [key = '', ...rest]: readonly string[], value: unknown): void => {
  if (rest.length === 0) record.set(key, value)
  else {
    const inner = record.get(key)
    const nested = inner instanceof Map ? inner : new Map<string, unknown>()
    setPath(nested, rest, value)
    record.set(key, nested)
  }
}

/** Adds a field `__proto__` in some cases. */
const toPlainObject = (record: Map<string, unknown>): object =>
  Object.fromEntries([...record].map(([key, value]) => [key, value instanceof Map ? toPlainObject(value) : value]))

/** JSON allows several spellings of one text, and different white space. */
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

const createList = (records: readonly object[], random: Random, mayBeFaulty: boolean): string => {
  const write = random.pick(spellings)
  const isKeyed = random.chance(0.5)
  const gap = random.pick(['', ' ', '\n\t'])
  const members = records.map((record, index) => `${isKeyed ? `"${index + 1}"${gap}:` : ''}${gap}${write(record)}`)
  // Defects that occur in the vendor's samples.
  const last = mayBeFaulty && records.length > 0 && random.chance(0.2) ? ',' : ''
  const inside = members.join(`${gap},`) + last + gap
  return isKeyed ? `{${inside}}` : `[${inside}]`
}

/** Replies to a request, each with that number of records. */
export const oddReplies = (operation: DecodeRequest['operation'], length: number): fc.Arbitrary<Buffer> =>
  fc
    .tuple(fc.array(oddValues, { minLength: 20, maxLength: 40 }), fc.integer(), fc.constantFrom(0, 0, 0.002, 0.02, 0.3))
    .map(([pool, seed, oddness]) => {
      const random = createRandom(seed, operation)
      const records = Array.from({ length }, () => createRecord(mappingByOperation[operation], random, pool, oddness))
      if (operation === 'find') return Buffer.from(JSON.stringify({ total: length, limit: 50, skip: 0, data: records }))
      const list = createList(records, random, true)
      if (getShape(operation) === 'keyed') return Buffer.from(list)
      const info = { resultsOnPage: length, totalCount: length, pageNumber: 1, totalPages: 1 }
      return Buffer.from(`{"info": ${JSON.stringify(info)}, "data": ${list}}`)
    })
