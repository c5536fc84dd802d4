/** A mapping table as what writes records anew from the bytes of the wire, without making objects of them. */

import { type Output, textIn, writeByte, writeSlice, writeText } from '#src/json/byte-writer.ts'
import { tryParseWire } from '#src/json/parse-wire-json.ts'
import { isAt, type Layout, width } from '#src/json/scanner.ts'
import { type Codec, unreadable } from './codec.ts'
import { type PathTree, treeOf } from './path-tree.ts'
import { isAbsent, isWire, type Rules, type WireRule } from './rule.ts'
import { empty, type GivenText, type RewriteRecord, type Rewriting, unusual, written } from './transcoder-types.ts'
import { bytesOf } from './transcoders.ts'

const [quote, backslash, comma, zero, nine] = [0x22, 0x5c, 0x2c, 0x30, 0x39]
const [openObject, openArray, closeArray] = [0x7b, 0x5b, 0x5d]
const [space, letterN, delete_] = [0x20, 0x6e, 0x7f]

/** A key of a wire record; its place is where its value's slot is noted. */
interface Key {
  readonly bytes: Uint8Array
  readonly place: number
  readonly children: readonly Key[]
}

/** Not there. */
const nowhere = -1

type WriteField = (layout: Layout, record: number, output: Output, given: GivenText) => boolean

interface Field {
  /** Its name, and what stands before it. */
  readonly before: Uint8Array
  readonly write: WriteField
}

export interface Rewriter {
  readonly rewrite: RewriteRecord
  /** What the record that was rewritten last has in a field. */
  valueOf(field: string, output: Output): unknown
}

export const createRewriter = (rules: Rules): Rewriter => {
  const tree = treeOf(rules.flatMap(([, rule]) => (isWire(rule) ? [rule.from] : [])))
  const places: number[] = []
  const placeOf = new Map<string, number>()
  const keys = keysOf(tree, '', (path) => {
    placeOf.set(path, places.length)
    return places.push(nowhere) - 1
  })
  const fields: Field[] = []
  const numbers = new Map<string, number>()
  // What no record changes is written with what follows it.
  let before = '{'
  for (const [field, rule] of rules) {
    const name = `${before}${JSON.stringify(field)}:`
    before = ','
    if ('absent' in rule) before = `${name}${JSON.stringify(rule.empty)},`
    else {
      const write = isWire(rule)
        ? wiredWriter(field, rule, places, placeOf.get(rule.from) as number)
        : givenWriter(field)
      numbers.set(field, fields.length)
      fields.push({ before: bytesOf(name), write })
    }
  }
  const end = bytesOf(before.replace(/,?$/, '}'))
  // Where what stands before each field of the last record begins, and where the last one has ended.
  const begins: number[] = [...fields.map(() => 0), 0]
  return {
    rewrite: (layout, record, output, given) => {
      for (let place = 0; place < places.length; place += 1) places[place] = nowhere
      if (!find(layout, record, keys, places)) return false
      for (let number = 0; number < fields.length; number += 1) {
        const { before, write } = fields[number] as Field
        begins[number] = output.at
        writeSlice(output, before, 0, before.length)
        if (!write(layout, record, output, given)) return false
      }
      begins[fields.length] = output.at
      writeSlice(output, end, 0, end.length)
      return true
    },
    valueOf: (field, { bytes }) => {
      const number = numbers.get(field) as number
      const from = (begins[number] as number) + (fields[number]?.before.length as number)
      const to = begins[number + 1] as number
      return bytes[from] === quote && isPlain(bytes, from, to)
        ? bytes.toString('utf8', from + 1, to - 1)
        : JSON.parse(bytes.toString('utf8', from, to))
    },
  }
}

/** Nothing in it is escaped. */
const isPlain = (bytes: Uint8Array, from: number, to: number): boolean => {
  for (let at = from; at < to; at += 1) if (bytes[at] === backslash) return false
  return true
}

const keysOf = (tree: PathTree, prefix: string, place: (path: string) => number): Key[] =>
  [...tree].map(([key, children]) => ({
    bytes: bytesOf(JSON.stringify(key)),
    place: place(prefix + key),
    children: keysOf(children, `${prefix}${key}.`, place),
  }))

/** Notes where the values of a record are. False: a key is unknown, escaped, or there twice. */
const find = (layout: Layout, record: number, keys: readonly Key[], places: number[]): boolean => {
  const { bytes, slots } = layout
  const end = slots[record + 2] as number
  let expected = 0
  for (let slot = record + width; slot < end; ) {
    const index = indexOf(keys, bytes, slots[slot] as number, slots[slot + 1] as number, expected)
    if (index < 0) return false
    const key = keys[index] as Key
    if (places[key.place] !== nowhere) return false
    expected = index + 1
    const value = slot + width
    places[key.place] = value
    const first = bytes[slots[value] as number]
    if (first !== openObject) slot = first === openArray ? (slots[value + 2] as number) : value + width
    else {
      slot = slots[value + 2] as number
      if (key.children.length > 0 && !find(layout, value, key.children, places)) return false
    }
  }
  return true
}

/** Upstreams write their fields in much the same order as our tables name them: the search goes on from the last one. */
const indexOf = (keys: readonly Key[], bytes: Uint8Array, from: number, to: number, expected: number): number => {
  for (let index = expected; index < keys.length; index += 1) {
    if (isAt(bytes, from, to, (keys[index] as Key).bytes)) return index
  }
  for (let index = 0; index < expected; index += 1) {
    if (isAt(bytes, from, to, (keys[index] as Key).bytes)) return index
  }
  return -1
}

const givenWriter =
  (field: string): WriteField =>
  (layout, record, output, given) => {
    const text = given(field, layout, record)
    if (text === null) return false
    writeText(output, text)
    return true
  }

const wiredWriter = (field: string, rule: WireRule, places: readonly number[], place: number): WriteField => {
  const { codec } = rule
  const text = bytesOf(JSON.stringify(codec.empty) ?? 'null')
  const writeGiven = rule.orGiven ? givenWriter(field) : null
  const writeEmpty: WriteField = (layout, record, output, given) => {
    if (codec.required) return false
    if (writeGiven) return writeGiven(layout, record, output, given)
    writeSlice(output, text, 0, text.length)
    return true
  }
  const rewrite = codec.nested ? nestedRewriter(codec.nested) : rewriterOf(codec)
  return (layout, record, output, given) => {
    const value = places[place] as number
    // What tells records apart is read with care: a number is not the text of its digits.
    if (rule.orGiven && value !== nowhere && layout.bytes[layout.slots[value] as number] !== quote) return false
    const rewriting = value === nowhere ? empty : rewrite(layout, value, output)
    return rewriting === empty ? writeEmpty(layout, record, output, given) : rewriting === written
  }
}

type RewriteValue = (layout: Layout, value: number, output: Output) => Rewriting

const rewriterOf =
  (codec: Codec<unknown, unknown>): RewriteValue =>
  ({ bytes, slots }, value, output) => {
    const [from, to] = [slots[value] as number, slots[value + 1] as number]
    const first = bytes[from]
    if (first === letterN) return empty
    if (first === openObject || first === openArray) return decoded(codec, bytes, from, to, output)
    if (first === quote) {
      if (to === from + 2) return empty
      if (slots[value + 2] !== 0 || !beginsPlainly(bytes[from + 1] as number))
        return decoded(codec, bytes, from, to, output)
    }
    const rewriting = codec.rewrite ? codec.rewrite(bytes, from, to, output) : unusual
    return rewriting === unusual ? decoded(codec, bytes, from, to, output) : rewriting
  }

/** Something is there, and needs no trimming at this end: printed ASCII, or what no blank of another alphabet begins with. */
const beginsPlainly = (byte: number): boolean =>
  (byte > space && byte < delete_) || (byte > delete_ && !blanksBegin.has(byte))

/** The first bytes of U+00A0, U+1680, U+2000 and others, U+3000 and U+FEFF. */
const blanksBegin = new Set([0xc2, 0xe1, 0xe2, 0xe3, 0xef])

/** What is written in an unusual way, decoded by its codec. */
const decoded = (
  codec: Codec<unknown, unknown>,
  bytes: Uint8Array,
  from: number,
  to: number,
  output: Output,
): Rewriting => {
  let drifts = false
  const note = () => {
    drifts = true
  }
  const wire = tryParseWire(textIn(bytes, from, to))
  if (!wire) return unusual
  if (isAbsent(wire.parsed)) return empty
  const value = codec.decode(wire.parsed, note)
  if (drifts || value === unreadable) return unusual
  if (value === null || value === undefined) return codec.empty === value ? empty : unusual
  writeText(output, JSON.stringify(value))
  return written
}

const nestedRewriter = ({ kind, of }: NonNullable<Codec<unknown, unknown>['nested']>): RewriteValue =>
  kind === 'record'
    ? (layout, value, output) => {
        const first = layout.bytes[layout.slots[value] as number]
        if (first !== openObject) return isNothing(layout, value) ? empty : unusual
        return of.rewriter.rewrite(layout, value, output, nothingGiven) ? written : unusual
      }
    : (layout, value, output) => {
        const first = layout.bytes[layout.slots[value] as number]
        if (first !== openObject && first !== openArray) return isNothing(layout, value) ? empty : unusual
        return rewriteList(layout, value, output, of.rewriter.rewrite) ? written : unusual
      }

const nothingGiven: GivenText = () => null

/** Null, or a text without anything in it. */
const isNothing = ({ bytes, slots }: Layout, value: number): boolean => {
  const [from, to] = [slots[value] as number, slots[value + 1] as number]
  return bytes[from] === letterN || (bytes[from] === quote && to === from + 2)
}

/** An array of records, or records by their positions in ascending order. */
const rewriteList = (layout: Layout, list: number, output: Output, rewrite: RewriteRecord): boolean => {
  const { bytes, slots } = layout
  const isKeyed = bytes[slots[list] as number] === openObject
  const end = slots[list + 2] as number
  let last = -1
  writeByte(output, openArray)
  for (let slot = list + width; slot < end; ) {
    if (slot > list + width) writeByte(output, comma)
    if (isKeyed) {
      const position = positionAt(bytes, (slots[slot] as number) + 1, (slots[slot + 1] as number) - 1)
      if (position <= last) return false
      last = position
      slot += width
    }
    if (bytes[slots[slot] as number] !== openObject || !rewrite(layout, slot, output, nothingGiven)) return false
    slot = slots[slot + 2] as number
  }
  writeByte(output, closeArray)
  return true
}

/** -1: it is none, or spelled with zeros before it. */
export const positionAt = (bytes: Uint8Array, from: number, to: number): number => {
  if (to - from < 1 || to - from > 9 || (bytes[from] === zero && to - from > 1)) return -1
  let position = 0
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] as number
    if (byte < zero || byte > nine) return -1
    position = 10 * position + byte - zero
  }
  return position
}
