/** The repair corrects the vendor's three defects, and nothing else. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { repairJson } from '#src/upstreams/spacio/json-repair.ts'
import { createRunOptions } from '../../../support/properties.ts'

const parse = (text: string): unknown => {
  try {
    return { parsed: JSON.parse(text) }
  } catch {
    return 'no JSON'
  }
}

describe('repairs', () => {
  test.each<[string, { given: string; want: unknown }]>([
    ['a comma before a brace', { given: '{"a": 1, }', want: { a: 1 } }],
    ['a comma before a bracket', { given: '["a",\n]', want: ['a'] }],
    ['commas at every depth', { given: '{"a":[{"b":"c",},],}', want: { a: [{ b: 'c' }] } }],
    ['leading zeros', { given: '{"sid": 000001}', want: { sid: '000001' } }],
    ['zeros alone', { given: '[000, -00, 0]', want: ['000', '-00', 0] }],
    ['leading zeros of a negative and of a fraction', { given: '[-007, 00.5]', want: ['-007', '00.5'] }],
    ['strings in braces', { given: '{ "a@x", \n "b@x" }', want: ['a@x', 'b@x'] }],
    ['one string in braces', { given: '{"a@x"}', want: ['a@x'] }],
    ['strings in braces, and a comma after the last', { given: ' {"a", "b",} ', want: ['a', 'b'] }],
    ['signs within strings stay', { given: '{"a": "x,}", "b": "007 \\",]",}', want: { a: 'x,}', b: '007 ",]' } }],
    ['a string of backslashes', { given: '{"a": "\\\\", "b": 01}', want: { a: '\\', b: '01' } }],
  ])('%s', (_name, { given, want }) => {
    expect(parse(repairJson(given))).toEqual({ parsed: want })
  })
})

describe('leaves unchanged', () => {
  test.each([
    '[,]',
    '{,}',
    '{ , }',
    '[1,,]',
    '[,1]',
    '[1 2]',
    '{"a":,}',
    '{"a",:1}',
    '{"a" "b"}',
    '{"a", 1}',
    '{"a", {"b"}}',
    '{"a"}, {"b"}',
    '{"a"}}',
    '{"a": {"b", "c"}}',
    '["a"',
    '{"a", "b"',
    '{"a", "b',
    '{"a", "b}',
    '{"a": [1, 2',
    '{"a": 1}]',
    "{'a': 1}",
    '{a: 1}',
    '[01a]',
    '{01: 1}',
    '{"a": 1, 01 : 2}',
    '{01, 02}',
    '[+1]',
    '[.5]',
    '[1.]',
    '[0x10]',
    '[NaN]',
    '[1]//',
    'invalid-sid',
    '',
  ])('%s', (text) => {
    expect(parse(repairJson(text))).toBe('no JSON')
  })
})

/** JSON with the vendor's defects: any value, with additional commas and zeros. */
const wireJson = (value: unknown): string => {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return `00${JSON.stringify(value)}`
  if (Array.isArray(value)) return `[${value.map((element) => `${wireJson(element)}, `).join('')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}: ${wireJson(inner)},\n`)
  return `{${members.join('')}}`
}

/** The expected value: a number with leading zeros is the text of its digits. */
const meant = (value: unknown): unknown => {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return `00${JSON.stringify(value)}`
  if (Array.isArray(value)) return value.map(meant)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, meant(inner)]))
}

const signs = fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '\\', ' ', '\n', '0', '1', '-', '.', 'a', 'é', 'null')
const rubbish = fc.array(signs, { maxLength: 60 }).map((parts) => parts.join(''))

describe('for any text', () => {
  test('the meaning of valid JSON never changes', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(repairJson(text)).toBe(text)
      }),
      createRunOptions(1_000, { seed: 1 }),
    )
  })

  test('a repaired text has the intended meaning', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        fc.pre(typeof value === 'object' && value !== null)
        expect(JSON.parse(repairJson(wireJson(value)))).toEqual(meant(JSON.parse(JSON.stringify(value))))
      }),
      createRunOptions(500, { seed: 2 }),
    )
  })

  test('removes only commas, adds only quotes, and replaces a pair of braces with brackets', () => {
    const essence = (text: string) => text.replace(/[,"]/g, '')
    fc.assert(
      fc.property(rubbish, (text) => {
        const mended = repairJson(text)
        const isListed = mended.trimStart().startsWith('[') && text.trimStart().startsWith('{')
        const undone = isListed ? mended.replace('[', '{').replace(/\](?=[^\]]*$)/, '}') : mended
        expect(essence(undone)).toBe(essence(text))
      }),
      createRunOptions(2_000, { seed: 3 }),
    )
  })

  test('a truncated list never parses', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.boolean(), fc.double({ min: 0, max: 1, noNaN: true }), (value, strict, share) => {
        fc.pre(typeof value === 'object' && value !== null)
        const text = (strict ? JSON.stringify(value) : wireJson(value)).trim()
        const cut = text.slice(0, Math.min(text.length - 1, Math.floor(text.length * share)))
        expect(parse(repairJson(cut))).toBe('no JSON')
      }),
      createRunOptions(1_000, { seed: 4 }),
    )
  })

  test('a truncated list of bare strings never parses', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), fc.nat(), (strings, at) => {
        const text = `{ ${strings.map((string) => JSON.stringify(string)).join(', \n')} }`
        expect(JSON.parse(repairJson(text))).toEqual(strings)
        expect(parse(repairJson(text.slice(0, at % text.length)))).toBe('no JSON')
      }),
      createRunOptions(1_000, { seed: 5 }),
    )
  })
})

describe('linear time for megabytes', () => {
  const size = 16 * 1024 * 1024
  test.each<[string, { given: string; want: boolean }]>([
    ['escapes in a string', { given: `{"a":"${'\\n'.repeat(size / 2)}",}`, want: true }],
    ['backslashes without end', { given: `"${'\\'.repeat(size)}`, want: false }],
    ['zeros', { given: `[${'0'.repeat(size / 4)}1]`, want: true }],
    ['zeros before a letter', { given: `[${'0'.repeat(size / 4)}x]`, want: false }],
    ['blanks', { given: `{${' '.repeat(size / 4)},}`, want: false }],
    ['quotes', { given: '"'.repeat(size / 4 + 1), want: false }],
  ])('%s', (_name, { given, want }) => {
    expect(parse(repairJson(given)) !== 'no JSON').toBe(want)
  })

  test.each([
    ['commas', ','],
    ['brackets and commas', '[,'],
    ['mended zeros', '01,'],
  ])('2 MB of %s', (_name, unit) => {
    expect(parse(repairJson(unit.repeat((2 * 1024 * 1024) / unit.length)))).toBe('no JSON')
  })
})
