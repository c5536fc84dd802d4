/** An HTML page is always rejected, even if the JSON repair could change it. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseBody } from '#src/upstreams/spacio/parse-body.ts'
import { createRunOptions } from '../../../support/properties.ts'

const read = (text: string) => parseBody(Buffer.from(text))

/** The text that the repair looks for, and the characters of JSON. */
const content = fc.oneof(
  fc.constantFrom('{ "a", "b" }', '{"a": 1,}', '[007]', '{"sid": 000001,}', 'invalid-sid', 'null', '[]', '{}', '"'),
  fc.json(),
  fc.string(),
)

const opening = fc.constantFrom(
  '<',
  '<html>',
  '<!doctype html>\n',
  '<!DOCTYPE HTML PUBLIC "-//W3C//DTD">',
  '<?xml?>',
  '<h1>',
  '<!-- ',
)

const page = fc
  .tuple(
    fc.constantFrom('', '\n', ' \t\r\n', '\ufeff'),
    opening,
    fc.array(content, { maxLength: 5 }),
    fc.constantFrom('', '</html>', '\n'),
  )
  .map(([blanks, start, contents, end]) => `${blanks}${start}${contents.join(' ')}${end}`)

test('2,000 pages', () => {
  fc.assert(
    fc.property(page, (text) => {
      expect(read(text)).toEqual({ kind: 'unreadable' })
    }),
    createRunOptions(2_000),
  )
})

test.each([
  ['a maintenance page', '<html><head><title>503</title></head><body><h1>Maintenance</h1></body></html>'],
  ['a page around JSON', '<pre>{"sid": 1}</pre>'],
  ['a page around the list in braces', '<script>{ "a@x", "b@x" }</script>'],
  ['a page of 1 MiB', `<p>${'{"a": 01,}'.repeat(100_000)}`],
])('%s', (_name, text) => {
  expect(read(text)).toEqual({ kind: 'unreadable' })
})
