/** The transcoder writes the JSON that the table defines. It does not write records with drift. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createByteWriter } from '#src/json/byte-writer.ts'
import { scanValue } from '#src/json/scanner.ts'
import type { Codec } from '#src/mapping/codec.ts'
import type { Rules } from '#src/mapping/rule.ts'
import { createRecordTranscoder } from '#src/mapping/transcode/record.ts'
import { nonAsciiCapitals } from '#src/mapping/transcode/values.ts'
import { interpret } from '../../../support/mapping/interpreter.ts'
import { leaf, tables } from '../../../support/mapping/tables.ts'
import { createRunOptions } from '../../../support/properties.ts'

/** Wire fields by their names in the table. A dot separates the fields of nested records. */
const flat = ['key', 'price', 'N/A', 'at', 'photos', 'list']
const urlPaths = new Set(['photos', 'list'])
const deep = ['one.two.three', 'one.two.four', 'one.flag', 'own', 'x-y', 'x_y']

const deepTable = (tables.nested ?? []).filter(([, rule]) => 'from' in rule && deep.includes(rule.from))

/** Records of known fields, mostly with readable values. */
const getRecord = (paths: readonly string[]) => {
  const usual = fc.constantFrom<unknown>(
    '',
    'N/A',
    'Nancy',
    'YES',
    'NO',
    'UNKNOWN',
    '12',
    12,
    '12.50',
    '1,200',
    -1,
    null,
    true,
  )
  const times = fc.constantFrom<unknown>('2026-01-31 23:59:59', '2024-02-29 00:00:00', '2026-02-29 00:00:00', 'é😀"\\')
  const value = fc.oneof(
    { weight: 6, arbitrary: usual },
    { weight: 2, arbitrary: times },
    { weight: 1, arbitrary: leaf },
  )
  const urls = fc.constantFrom<unknown>('https://a.example/1', ' https://a.example/1,http://a.example/2', '', null)
  const urlValue = fc.oneof({ weight: 6, arbitrary: urls }, { weight: 1, arbitrary: value })
  const fields = Object.fromEntries(paths.map((path) => [path, urlPaths.has(path) ? urlValue : value]))
  return fc.record(fields, { requiredKeys: [] }).map((record) => {
    const nested: Record<string, unknown> = {}
    for (const [path, value] of Object.entries(record)) put(nested, path.split('.'), value)
    return nested
  })
}

const put = (record: Record<string, unknown>, [key = '', ...rest]: readonly string[], value: unknown): void => {
  if (rest.length === 0) record[key] = value
  else {
    record[key] ??= {}
    put(record[key] as Record<string, unknown>, rest, value)
  }
}

const entries = new Int32Array(3_000)

const given = { kind: 'k', e: 'given', id: null }

const rewrite = (rules: Rules, text: string) => {
  const layout = { bytes: Buffer.from(text), entries, hasDefect: false }
  const output = createByteWriter(8)
  const transcoder = createRecordTranscoder(rules)
  const end = scanValue(layout, 0)
  if (
    end < 0 ||
    layout.hasDefect ||
    !transcoder.transcode(layout, 0, output, (field) => JSON.stringify(given[field as keyof typeof given] ?? null))
  )
    return null
  return {
    text: output.bytes.toString('utf8', 0, output.offset),
    valueOf: (field: string) => transcoder.getValue(field, output),
  }
}

const plainly = (rules: Rules, text: string) => {
  let drifts = false
  const value = interpret('t', rules, JSON.parse(text), () => (drifts = true), given)
  return { value, drifts }
}

test.for([
  ['flat', tables.flat as Rules, flat],
  ['deep', deepTable, deep],
] as const)('the table %s', ([, rules, paths]) => {
  const size = createRunOptions(3_000)
  let count = 0
  fc.assert(
    fc.property(getRecord(paths), fc.constantFrom(0, 2), (record, indent) => {
      const text = JSON.stringify(record, null, indent)
      const rewritten = rewrite(rules, text)
      if (!rewritten) return
      count += 1
      const { value, drifts } = plainly(rules, text)
      expect(drifts).toBe(false)
      expect(rewritten.text).toBe(JSON.stringify(value))
      for (const [field, rule] of rules) {
        if (!('absent' in rule)) expect(rewritten.valueOf(field)).toEqual(value?.[field])
      }
    }),
    size,
  )
  // The test proves nothing if no record is transcoded.
  expect(count).toBeGreaterThan(size.numRuns === 3_000 ? 100 : 0)
})

test('every common spelling of a header is recognized', () => {
  const signs = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)).slice(0x80)
  for (const sign of signs.filter((each) => each.trim() === '')) {
    expect(rewrite(tables.flat as Rules, `{"key":"1","N/A":"${sign}"}`)?.text).toContain('"word":null')
  }
  const capitals = signs.map((sign) => sign.toUpperCase().charAt(0)).filter((capital) => capital < '\u0080')
  expect([...new Set(capitals)].sort().join('')).toBe(nonAsciiCapitals)
})

const getRules = (table: string): Rules => (table === 'deep' ? deepTable : (tables[table] as Rules))

/** Each value in a field with its codec, and the expected result. */
const spellings: [string, string, string, string][] = [
  ['flat', 'word', '{"key":"1","N/A":"Nancy"}', '"Nancy"'],
  ['flat', 'word', '{"key":"1","N/A":"n/a"}', 'null'],
  ['flat', 'word', '{"key":"1","N/A":" N/A "}', 'null'],
  ['flat', 'word', '{"key":"1","N/A":"N/A "}', 'null'],
  ['flat', 'word', '{"key":"1","N/A":"\\u00e9\\/"}', '"é/"'],
  ['flat', 'word', '{"key":"1","N/A":"您好 "}', '"您好 "'],
  ['flat', 'word', '{"key":"1","N/A":"\u00a0\u3000"}', 'null'],
  ['flat', 'word', '{"key":"1","N/A":"\u2003N/A"}', 'null'],
  ['flat', 'price', '{"key":"1","price":-1.0}', 'null'],
  ['flat', 'price', '{"key":"1","price":"-122.40"}', '-122.4'],
  ['flat', 'price', '{"key":"1","price":"0.0000001"}', '1e-7'],
  ['flat', 'price', '{"key":"1","price":12345678901234567890}', '12345678901234567000'],
  ['flat', 'price', '{"key":"1","price":"007"}', '7'],
  ['flat', 'price', '{"key":"1","price":"-12,345,678"}', '-12345678'],
  ['flat', 'price', '{"key":"1","price":"0,123"}', '123'],
  ['flat', 'price', '{"key":"1","price":"1,200.50"}', '1200.5'],
  ['flat', 'price', '{"key":"1","price":-0}', '0'],
  ['flat', 'price', '{"key":"1","price":"-0.0"}', '0'],
  ['flat', 'at', '{"key":"1","at":"2024-02-29 09:00:01"}', '"2024-02-29T09:00:01Z"'],
  ['flat', 'at', '{"key":"1","at":"2026-01-31 23:59:59"}', '"2026-01-31T23:59:59Z"'],
  ['deep', 'a', '{"one":{"two":{"three":"12"}}}', '12'],
  ['deep', 'a', '{"one":{"two":{"three":"12.0"}}}', '12'],
]

test.for(spellings)('%s.%s of %s is %s', ([table, field, text, expected]) => {
  const rewritten = rewrite(getRules(table), text)
  expect(rewritten?.text).toContain(`"${field}":${expected}`)
})

test.for([
  ['a field that the table does not name', 'flat', '{"key":"1","new":1}'],
  ['one of a nested record', 'deep', '{"one":{"new":1}}'],
  ['a field that is there twice', 'flat', '{"key":"1","key":"1"}'],
  ['a key in which something is escaped', 'flat', '{"\\u006bey":"1"}'],
  ['what no codec reads', 'flat', '{"key":"1","price":"Call"}'],
  ['thousands that are none', 'flat', '{"key":"1","price":"1,20"}'],
  ['thousands that are too many', 'flat', '{"key":"1","price":"1234,567"}'],
  ['a group of four', 'flat', '{"key":"1","price":"1,2345"}'],
  ['a day that no calendar has', 'flat', '{"key":"1","at":"2026-02-29 09:00:01"}'],
  ['a required field that is missing', 'flat', '{"price":1}'],
  ['one that is null', 'flat', '{"key":null}'],
  ['an identity that is no text', 'deep', '{"own":7}'],
] as const)('%s is left to others', ([, table, text]) => {
  expect(rewrite(getRules(table), text)).toBeNull()
})

test('a value that counts as drift is left to the decoder', () => {
  const rulesWith = (drifts: boolean): Rules => {
    const decode: Codec<string>['decode'] = (_wire, drift) => {
      if (drifts) drift('t', 'a', 'unreadable')
      return 'read'
    }
    return [['a', { from: 'a', codec: { name: 'odd', empty: null, wire: {}, decode }, reso: null }]]
  }
  expect(rewrite(rulesWith(false), '{"a":"1"}')?.text).toBe('{"a":"read"}')
  expect(rewrite(rulesWith(true), '{"a":"1"}')).toBeNull()
})
