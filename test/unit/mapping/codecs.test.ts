import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Codec, requireValue, unreadable, withSentinel } from '#src/mapping/codec.ts'
import {
  areaText,
  commaUrls,
  decimal,
  flag,
  integer,
  isoTime,
  money,
  oneOrManyUrls,
  text,
  utcTime,
  webUrl,
  yesNoUnknown,
} from '#src/mapping/codecs.ts'
import { createRunOptions } from '../../support/properties.ts'

const none = () => {}

const decode = (codec: Codec<any, any>, wire: unknown) => {
  const value = codec.decode(wire, none)
  return value === unreadable ? 'unreadable' : value
}

type Row = [given: unknown, want: unknown]

const readings: [string, Codec<any, any>, Row[]][] = [
  [
    'web URL',
    webUrl,
    [
      ['https://a.example/1', 'https://a.example/1'],
      [' HTTP://a.example ', 'HTTP://a.example'],
      ['javascript:alert(1)', 'unreadable'],
      ['JavaScript://%0aalert(1)', 'unreadable'],
      [' \u0001javascript:alert(1)', 'unreadable'],
      ['java\nscript:https://', 'unreadable'],
      ['data:text/html,https://', 'unreadable'],
      ['vbscript:x', 'unreadable'],
      ['//a.example', 'unreadable'],
      ['a.example', 'unreadable'],
      [5, 'unreadable'],
    ],
  ],
  [
    'text',
    text,
    [
      ['a', 'a'],
      [' a ', ' a '],
      [5, '5'],
      [0, '0'],
      [true, 'unreadable'],
      [{}, 'unreadable'],
      [[], 'unreadable'],
    ],
  ],
  [
    'integer',
    integer,
    [
      ['2', 2],
      [2, 2],
      ['+2', 2],
      ['-2', -2],
      [' 2 ', 2],
      ['2.0', 2],
      ['1,000', 1000],
      ['007', 7],
      ['2.5', 'unreadable'],
      [2.5, 'unreadable'],
      ['9007199254740993', 'unreadable'],
      ['1e3', 'unreadable'],
      ['0x10', 'unreadable'],
      ['1,00', 'unreadable'],
      ['', 'unreadable'],
      ['two', 'unreadable'],
      ['٢', 'unreadable'],
      [true, 'unreadable'],
      [[2], 'unreadable'],
    ],
  ],
  [
    'decimal',
    decimal,
    [
      ['40.760612', 40.760612],
      ['-121.269237', -121.269237],
      [2.5, 2.5],
      ['.5', 'unreadable'],
      ['5.', 'unreadable'],
      [Number.NaN, 'unreadable'],
      [Number.POSITIVE_INFINITY, 'unreadable'],
      ['Infinity', 'unreadable'],
      ['9'.repeat(400), 'unreadable'],
      ['1 000', 'unreadable'],
    ],
  ],
  [
    'money',
    money,
    [
      ['2300000', 2_300_000],
      ['$2,500,000', 2_500_000],
      ['499900.00', 499_900],
      ['$ 5', 5],
      ['-$5', -5],
      [5.5, 5.5],
      ['5 USD', 'unreadable'],
      ['€5', 'unreadable'],
      ['$', 'unreadable'],
      ['$$5', 'unreadable'],
      ['2.300.000', 'unreadable'],
      ['call us', 'unreadable'],
    ],
  ],
  [
    'area text',
    areaText,
    [
      ['10,000', 10_000],
      ['20000', 20_000],
      ['2,500 sq ft', 2500],
      ['2500 Sq. Ft.', 2500],
      ['2500sqft', 2500],
      ['2500 square feet', 2500],
      ['2500 ft²', 2500],
      ['12.5 ft²', 12.5],
      [900, 900],
      ['2,000-2,500', 'unreadable'],
      ['200 m²', 'unreadable'],
      ['sqft', 'unreadable'],
      ['about 900', 'unreadable'],
    ],
  ],
  [
    'yes/no/unknown',
    yesNoUnknown,
    [
      ['YES', true],
      ['no', false],
      [' Unknown ', null],
      [true, true],
      ['maybe', 'unreadable'],
      [1, 'unreadable'],
      ['Y', 'unreadable'],
    ],
  ],
  [
    'flag',
    flag,
    [
      [true, true],
      [false, false],
      ['true', 'unreadable'],
      [1, 'unreadable'],
      [null, 'unreadable'],
    ],
  ],
  [
    'UTC time',
    utcTime,
    [
      ['2019-06-21 21:16:07', '2019-06-21T21:16:07Z'],
      ['2017-01-01 0:00:00', '2017-01-01T00:00:00Z'],
      ['2019-06-21T21:16:07', '2019-06-21T21:16:07Z'],
      ['2019-02-30 00:00:00', 'unreadable'],
      ['2019-06-21 24:00:01', 'unreadable'],
      ['2019-06-21 10:60:00', 'unreadable'],
      ['2019-06-21', 'unreadable'],
      ['0000-00-00 00:00:00', 'unreadable'],
      ['0001-01-00 00:00:00', 'unreadable'],
      ['2019-00-21 00:00:00', 'unreadable'],
      ['2019-06-21 21:16:07Z', 'unreadable'],
      [1561151767, 'unreadable'],
    ],
  ],
  [
    'ISO time',
    isoTime,
    [
      ['2018-02-16T08:00:00.000Z', '2018-02-16T08:00:00Z'],
      ['2018-02-16T08:00:00.120Z', '2018-02-16T08:00:00.120Z'],
      ['2012-09-27', '2012-09-27T00:00:00Z'],
      ['2012-09-27T09:15:00-07:00', '2012-09-27T16:15:00Z'],
      ['2012-09-27T09:15Z', '2012-09-27T09:15:00Z'],
      ['2012-09-27T09:15:00', 'unreadable'],
      ['2012-02-30T09:15:00Z', 'unreadable'],
      ['0000-01-01T00:00:00Z', 'unreadable'],
      ['9999-12-31T23:59:59-10:00', 'unreadable'],
      ['16.2.2018', 'unreadable'],
      [0, 'unreadable'],
    ],
  ],
  [
    'comma-separated web URLs',
    commaUrls,
    [
      ['http://a/1', ['http://a/1']],
      ['http://a/1, http://a/2', ['http://a/1', 'http://a/2']],
      ['http://a/1,http://a/2,', ['http://a/1', 'http://a/2,']],
      ['http://a/x,y,https://a/2', ['http://a/x,y', 'https://a/2']],
      [', ,http://a/1', ['http://a/1']],
      ['http://a/1,javascript:alert(1)', ['http://a/1,javascript:alert(1)']],
      ['javascript://%0aalert(1),http://a/1,ftp://b', ['http://a/1']],
      ['a,b', []],
      [',', []],
      [5, 'unreadable'],
      [['a'], 'unreadable'],
    ],
  ],
  [
    'one or many web URLs',
    oneOrManyUrls,
    [
      ['http://a', ['http://a']],
      [
        ['http://a', '', 'http://b', 'data:text/html,x'],
        ['http://a', 'http://b'],
      ],
      ['javascript:alert(1)', []],
      [[], []],
      [['http://a', 5], 'unreadable'],
      [{}, 'unreadable'],
    ],
  ],
]

for (const [name, codec, rows] of readings) {
  describe(`${name} reads`, () => {
    test.for(rows)('%j as %j', ([given, want]) => {
      expect(decode(codec, given)).toEqual(want)
    })
  })
}

const writings: [string, Codec<any, any>, Row[]][] = [
  [
    'integer',
    integer,
    [
      [2, '2'],
      [0, '0'],
      [2_147_483_647, '2147483647'],
    ],
  ],
  [
    'decimal',
    decimal,
    [
      [-121.269237, '-121.269237'],
      [1e-7, '0.0000001'],
      [-1.5e-9, '-0.0000000015'],
      [1e21, '1000000000000000000000'],
      [1.5e22, '15000000000000000000000'],
      [-0, '0'],
    ],
  ],
  [
    'money',
    money,
    [
      [499_900, '499900'],
      [499_900.5, '499900.5'],
      [999_999_999_999.99, '999999999999.99'],
    ],
  ],
  [
    'yes/no/unknown',
    yesNoUnknown,
    [
      [true, 'YES'],
      [false, 'NO'],
    ],
  ],
  ['UTC time', utcTime, [['2019-06-21T21:16:07Z', '2019-06-21 21:16:07']]],
  [
    'ISO time',
    isoTime,
    [
      ['2018-02-16T08:00:00Z', '2018-02-16T08:00:00.000Z'],
      ['2018-02-16T08:00:00-07:00', '2018-02-16T15:00:00.000Z'],
    ],
  ],
  [
    'comma-separated web URLs',
    commaUrls,
    [
      [['http://a/1', 'http://a/2'], 'http://a/1,http://a/2'],
      [['http://a/1,2'], 'http://a/1%2C2'],
      [[], null],
    ],
  ],
]

for (const [name, codec, rows] of writings) {
  describe(`${name} writes`, () => {
    test.for(rows)('%j as %j', ([given, want]) => {
      expect(codec.encode?.(given)).toEqual(want)
    })
  })
}

test.for<[unknown, unknown]>([
  [-1, null],
  ['-1', null],
  [' -1 ', null],
  [1, 1],
  ['-1.0', null],
  ['-01', null],
  ['-10', -10],
  ['-1.5', 'unreadable'],
  ['x', 'unreadable'],
])('a sentinel of -1: %j is %j', ([given, want]) => {
  expect(decode(withSentinel(-1, integer), given)).toEqual(want)
})

test.for<[unknown, unknown]>([
  ['N/A', null],
  ['n/a', null],
  ['NA', 'NA'],
])('a sentinel of N/A: %j is %j', ([given, want]) => {
  expect(decode(withSentinel('N/A', text), given)).toEqual(want)
})

const all = readings.map(([name, codec]) => [name, codec] as const)

test.for(all)('%s never throws, whatever JSON it is given', ([, codec]) => {
  const values = fc.oneof(fc.jsonValue(), fc.string(), fc.stringMatching(/^[-+$ ,.\d:TZeE/]{0,30}$/))
  fc.assert(
    fc.property(values, (wire) => {
      for (const variant of [codec, withSentinel(-1, codec), requireValue(codec)]) variant.decode(wire, none)
    }),
    createRunOptions(500),
  )
})

test.for(all)('%s reads two megabytes of spaces without hanging', ([, codec]) => {
  for (const wire of [
    `1${' '.repeat(2_000_000)}x`,
    ','.repeat(2_000_000),
    '1'.repeat(2_000_000),
    `$${' '.repeat(2_000_000)}`,
  ]) {
    codec.decode(wire, none)
  }
})

test('money round-trips by the cent', () => {
  const cents = fc.integer({ min: 0, max: 1e14 }).map((amount) => amount / 100)
  fc.assert(
    fc.property(cents, (amount) => {
      const wire = money.encode?.(amount)
      expect(wire).toMatch(/^\d+(\.\d{1,2})?$/)
      expect(decode(money, wire)).toBe(amount)
    }),
  )
})

test('decimals round-trip, in plain digits', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const wire = String(decimal.encode?.(value))
      expect(wire).toMatch(/^-?\d+(\.\d+)?$/)
      expect(decode(decimal, wire)).toBe(value === 0 ? 0 : value)
    }),
  )
})

const moments = fc.date({
  min: new Date('0001-01-01T00:00:00Z'),
  max: new Date('9999-12-31T23:59:59Z'),
  noInvalidDate: true,
})

test('times round-trip', () => {
  fc.assert(
    fc.property(moments, (date) => {
      const time = date.toISOString().replace('.000Z', 'Z')
      expect(decode(isoTime, isoTime.encode?.(time))).toBe(time)
      const second = `${time.slice(0, 19)}Z`
      expect(decode(utcTime, utcTime.encode?.(second))).toBe(second)
    }),
  )
})

test('lists of URLs round-trip', () => {
  const urls = fc.array(fc.webUrl({ withQueryParameters: true, withFragments: true }))
  fc.assert(
    fc.property(urls, (list) => {
      const wire = commaUrls.encode?.(list)
      const escaped = list.map((url) => url.replaceAll(',', '%2C'))
      expect(wire === null ? [] : decode(commaUrls, wire)).toEqual(escaped)
    }),
  )
})

test('a blank after a value is left to the decoder, with the same result', () => {
  const digits = fc.integer({ min: 0, max: 99 }).map((number) => String(number).padStart(2, '0'))
  const time = fc
    .tuple(
      fc.constantFrom('20', '00', '19', '99'),
      digits,
      digits,
      digits,
      digits,
      digits,
      digits,
      fc.constantFrom('-', 'T', ' '),
    )
    .map(
      ([century, year, ...[month, day, hour, minute, second, sign]]) =>
        `${century}${year}-${month}-${day}${sign}${hour}:${minute}:${second}`,
    )
  const words = fc.constantFrom('YES', 'NO', 'UNKNOWN', 'yes', 'No', 'YESNO', 'N/A', 'n/a', 'N/AX', '-1', '-')
  const codecs = [utcTime, yesNoUnknown, withSentinel('N/A', utcTime), withSentinel(-1, yesNoUnknown)]
  fc.assert(
    fc.property(fc.oneof(time, words, fc.string()), fc.constantFrom(...codecs), (wire, codec) => {
      expect(codec.decode(wire, () => {})).toEqual(codec.decode(`${wire} `, () => {}))
    }),
    createRunOptions(5_000),
  )
})
