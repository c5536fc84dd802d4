/** The scanner accepts exactly what a strict parser accepts, with the same values. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isMarkup, scanValue } from '#src/json/scanner.ts'
import { ENTRY_SIZE, type Tape } from '#src/json/tape.ts'
import { createRunOptions } from '../../support/properties.ts'

const getLayout = (text: string): Tape => ({
  bytes: Buffer.from(text),
  entries: new Int32Array(3_000),
  hasDefect: false,
})

/** Returns the value at a slot of the tape and the next slot. */
const rebuilt = (layout: Tape, slot: number): [unknown, number] => {
  const { bytes, entries } = layout
  const text = Buffer.from(bytes).toString('utf8', entries[slot], entries[slot + 1])
  if (!/^[[{]/.test(text)) return [JSON.parse(text), slot + ENTRY_SIZE]
  const parts: unknown[] = []
  const end = entries[slot + 2] as number
  for (let next = slot + ENTRY_SIZE; next < end; ) {
    const [part, after] = rebuilt(layout, next)
    parts.push(part)
    next = after
  }
  if (text.startsWith('[')) return [parts, end]
  const pairs = Array.from({ length: parts.length / 2 }, (_, index) => parts.slice(2 * index, 2 * index + 2))
  return [Object.fromEntries(pairs), end]
}

const parsed = (text: string): { value: unknown } | null => {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return null
  }
}

const blanks = ' \n\r\t'

const check = (sent: string): void => {
  // A lone surrogate has no UTF-8 encoding.
  const text = Buffer.from(sent).toString()
  const layout = getLayout(text)
  const end = scanValue(layout, 0)
  const rest = Buffer.from(text).subarray(Math.max(0, end)).toString()
  const isWhole = end >= 0 && !layout.hasDefect && [...rest].every((sign) => blanks.includes(sign))
  const strict = parsed(text)
  expect(isWhole, text).toBe(strict !== null)
  if (strict) expect(rebuilt(layout, 0)[0]).toEqual(strict.value)
}

const value = fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' })

test('any value, however it is laid out', () => {
  fc.assert(
    fc.property(value, fc.constantFrom('', ' ', '\n\t'), (any, indent) => check(JSON.stringify(any, null, indent))),
    createRunOptions(2_000),
  )
})

test('any value with a missing, additional or different character', () => {
  const signs = fc.constantFrom(...'{}[],:"\\ 0123456789+-.eEtrufalsn\u0001\u00e9', '\\u12', '\\u00e9', '\\x', '01')
  const slip = fc.property(value, fc.nat(), signs, fc.nat(2), (any, where, sign, kind) => {
    const text = JSON.stringify(any)
    const at = where % (text.length + 1)
    check(text.slice(0, at) + (kind === 0 ? '' : sign) + text.slice(at + (kind === 1 ? 0 : 1)))
  })
  fc.assert(slip, createRunOptions(4_000))
})

test('a value that is nested too deeply, or has too many parts, is not scanned', () => {
  expect(scanValue(getLayout(`${'['.repeat(32)}${']'.repeat(32)}`), 0)).toBe(64)
  expect(scanValue(getLayout(`${'['.repeat(33)}${']'.repeat(33)}`), 0)).toBe(-1)
  expect(scanValue(getLayout(JSON.stringify(Array(999).fill(1))), 0)).toBe(1999)
  expect(scanValue(getLayout(JSON.stringify(Array(1_000).fill(1))), 0)).toBe(-1)
})

test.for([
  ['<html>', true],
  [' \r\n\t<?xml version="1.0"?>', true],
  ['\uFEFF <html>', true],
  ['{"a":"<html>"}', false],
  ['', false],
  ['   ', false],
] as const)('%j is markup: %s', ([text, expected]) => {
  expect(isMarkup(Buffer.from(text))).toBe(expected)
})
