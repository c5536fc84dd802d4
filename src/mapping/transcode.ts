/** A mapping table as what writes records anew from the bytes of the wire, without making objects of them. */

import { type ByteWriter, writeByte, writeSlice, writeText } from '#src/json/byte-writer.ts'
import { tryParseWire } from '#src/json/parse-wire-json.ts'
import { ENTRY_SIZE, equalsSlice, type Tape } from '#src/json/scanner.ts'
import { type Codec, unreadable } from './codec.ts'
import { createPathTree, type PathTree } from './path-tree.ts'
import { isAbsent, isWireRule, type Rules, type WireRule } from './rule.ts'
import {
  absent,
  type ContextText,
  done,
  fallback,
  type RecordTranscoder,
  type TranscodeRecord,
  type TranscodeStatus,
} from './transcoder-types.ts'
import { toBytes } from './transcoders.ts'

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
const noEntry = -1

type WriteField = (layout: Tape, record: number, output: ByteWriter, context: ContextText) => boolean

interface TranscodedField {
  /** Its name, and what stands before it. */
  readonly before: Uint8Array
  readonly write: WriteField
}

export const createRecordTranscoder = (rules: Rules): RecordTranscoder => {
  const tree = createPathTree(rules.flatMap(([, rule]) => (isWireRule(rule) ? [rule.from] : [])))
  const places: number[] = []
  const placeByPath = new Map<string, number>()
  const keys = createKeys(tree, '', (path) => {
    placeByPath.set(path, places.length)
    return places.push(noEntry) - 1
  })
  const fields: TranscodedField[] = []
  const indexByField = new Map<string, number>()
  // What no record changes is written with what follows it.
  let before = '{'
  for (const [field, rule] of rules) {
    const name = `${before}${JSON.stringify(field)}:`
    before = ','
    if ('absent' in rule) before = `${name}${JSON.stringify(rule.empty)},`
    else {
      const write = isWireRule(rule)
        ? createWireWriter(field, rule, places, placeByPath.get(rule.from) as number)
        : createContextWriter(field)
      indexByField.set(field, fields.length)
      fields.push({ before: toBytes(name), write })
    }
  }
  const end = toBytes(before.replace(/,?$/, '}'))
  // Where what stands before each field of the last record begins, and where the last one has ended.
  const fieldStarts: number[] = [...fields.map(() => 0), 0]
  return {
    transcode: (layout, record, output, context) => {
      for (let place = 0; place < places.length; place += 1) places[place] = noEntry
      if (!findValues(layout, record, keys, places)) return false
      for (let number = 0; number < fields.length; number += 1) {
        const { before, write } = fields[number] as TranscodedField
        fieldStarts[number] = output.offset
        writeSlice(output, before, 0, before.length)
        if (!write(layout, record, output, context)) return false
      }
      fieldStarts[fields.length] = output.offset
      writeSlice(output, end, 0, end.length)
      return true
    },
    getValue: (field, { bytes }) => {
      const number = indexByField.get(field) as number
      const from = (fieldStarts[number] as number) + (fields[number]?.before.length as number)
      const to = fieldStarts[number + 1] as number
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

const createKeys = (tree: PathTree, prefix: string, place: (path: string) => number): Key[] =>
  [...tree].map(([key, children]) => ({
    bytes: toBytes(JSON.stringify(key)),
    place: place(prefix + key),
    children: createKeys(children, `${prefix}${key}.`, place),
  }))

/** Notes where the values of a record are. False: a key is unknown, escaped, or there twice. */
const findValues = (layout: Tape, record: number, keys: readonly Key[], places: number[]): boolean => {
  const { bytes, entries } = layout
  const end = entries[record + 2] as number
  let expected = 0
  for (let entry = record + ENTRY_SIZE; entry < end; ) {
    const index = findKeyIndex(keys, bytes, entries[entry] as number, entries[entry + 1] as number, expected)
    if (index < 0) return false
    const key = keys[index] as Key
    if (places[key.place] !== noEntry) return false
    expected = index + 1
    const value = entry + ENTRY_SIZE
    places[key.place] = value
    const first = bytes[entries[value] as number]
    if (first !== openObject) entry = first === openArray ? (entries[value + 2] as number) : value + ENTRY_SIZE
    else {
      entry = entries[value + 2] as number
      if (key.children.length > 0 && !findValues(layout, value, key.children, places)) return false
    }
  }
  return true
}

/** Upstreams write their fields in much the same order as our tables name them: the search goes on from the last one. */
const findKeyIndex = (keys: readonly Key[], bytes: Uint8Array, from: number, to: number, expected: number): number => {
  for (let index = expected; index < keys.length; index += 1) {
    if (equalsSlice(bytes, from, to, (keys[index] as Key).bytes)) return index
  }
  for (let index = 0; index < expected; index += 1) {
    if (equalsSlice(bytes, from, to, (keys[index] as Key).bytes)) return index
  }
  return -1
}

const createContextWriter =
  (field: string): WriteField =>
  (layout, record, output, context) => {
    const text = context(field, layout, record)
    if (text === null) return false
    writeText(output, text)
    return true
  }

const createWireWriter = (field: string, rule: WireRule, places: readonly number[], place: number): WriteField => {
  const { codec } = rule
  const text = toBytes(JSON.stringify(codec.empty) ?? 'null')
  const writeContext = rule.orFromContext ? createContextWriter(field) : null
  const writeAbsent: WriteField = (layout, record, output, context) => {
    if (codec.required) return false
    if (writeContext) return writeContext(layout, record, output, context)
    writeSlice(output, text, 0, text.length)
    return true
  }
  const transcode = codec.nested ? createNestedTranscoder(codec.nested) : createValueTranscoder(codec)
  return (layout, record, output, context) => {
    const value = places[place] as number
    // What tells records apart is read with care: a number is not the text of its digits.
    if (rule.orFromContext && value !== noEntry && layout.bytes[layout.entries[value] as number] !== quote) return false
    const status = value === noEntry ? absent : transcode(layout, value, output)
    return status === absent ? writeAbsent(layout, record, output, context) : status === done
  }
}

type TranscodeValue = (layout: Tape, value: number, output: ByteWriter) => TranscodeStatus

const createValueTranscoder =
  (codec: Codec<unknown, unknown>): TranscodeValue =>
  ({ bytes, entries }, value, output) => {
    const [from, to] = [entries[value] as number, entries[value + 1] as number]
    const first = bytes[from]
    if (first === letterN) return absent
    if (first === openObject || first === openArray) return transcodeDecoded(codec, bytes, from, to, output)
    if (first === quote) {
      if (to === from + 2) return absent
      if (entries[value + 2] !== 0 || !startsPlainly(bytes[from + 1] as number))
        return transcodeDecoded(codec, bytes, from, to, output)
    }
    const status = codec.transcode ? codec.transcode(bytes, from, to, output) : fallback
    return status === fallback ? transcodeDecoded(codec, bytes, from, to, output) : status
  }

/** Something is there, and needs no trimming at this end: printed ASCII, or what no blank of another alphabet begins with. */
const startsPlainly = (byte: number): boolean =>
  (byte > space && byte < delete_) || (byte > delete_ && !blankLeadBytes.has(byte))

/** The first bytes of U+00A0, U+1680, U+2000 and others, U+3000 and U+FEFF. */
const blankLeadBytes = new Set([0xc2, 0xe1, 0xe2, 0xe3, 0xef])

/** What is written in an unusual way, decoded by its codec. */
const transcodeDecoded = (
  codec: Codec<unknown, unknown>,
  bytes: Uint8Array,
  from: number,
  to: number,
  output: ByteWriter,
): TranscodeStatus => {
  let hasDrift = false
  const note = () => {
    hasDrift = true
  }
  const wire = tryParseWire(Buffer.from(bytes.subarray(from, to)))
  if (!wire) return fallback
  if (isAbsent(wire.parsed)) return absent
  const value = codec.decode(wire.parsed, note)
  if (hasDrift || value === unreadable) return fallback
  if (value === null || value === undefined) return codec.empty === value ? absent : fallback
  writeText(output, JSON.stringify(value))
  return done
}

const createNestedTranscoder = ({ kind, of }: NonNullable<Codec<unknown, unknown>['nested']>): TranscodeValue =>
  kind === 'record'
    ? (layout, value, output) => {
        const first = layout.bytes[layout.entries[value] as number]
        if (first !== openObject) return isEmptyValue(layout, value) ? absent : fallback
        return of.transcoder.transcode(layout, value, output, noContext) ? done : fallback
      }
    : (layout, value, output) => {
        const first = layout.bytes[layout.entries[value] as number]
        if (first !== openObject && first !== openArray) return isEmptyValue(layout, value) ? absent : fallback
        return transcodeNestedList(layout, value, output, of.transcoder.transcode) ? done : fallback
      }

const noContext: ContextText = () => null

/** Null, or a text without anything in it. */
const isEmptyValue = ({ bytes, entries }: Tape, value: number): boolean => {
  const [from, to] = [entries[value] as number, entries[value + 1] as number]
  return bytes[from] === letterN || (bytes[from] === quote && to === from + 2)
}

/** An array of records, or records by their positions in ascending order. */
const transcodeNestedList = (layout: Tape, list: number, output: ByteWriter, transcode: TranscodeRecord): boolean => {
  const { bytes, entries } = layout
  const isKeyed = bytes[entries[list] as number] === openObject
  const end = entries[list + 2] as number
  let last = -1
  writeByte(output, openArray)
  for (let entry = list + ENTRY_SIZE; entry < end; ) {
    if (entry > list + ENTRY_SIZE) writeByte(output, comma)
    if (isKeyed) {
      const position = readPosition(bytes, (entries[entry] as number) + 1, (entries[entry + 1] as number) - 1)
      if (position <= last) return false
      last = position
      entry += ENTRY_SIZE
    }
    if (bytes[entries[entry] as number] !== openObject || !transcode(layout, entry, output, noContext)) return false
    entry = entries[entry + 2] as number
  }
  writeByte(output, closeArray)
  return true
}

/** -1: it is none, or spelled with zeros before it. */
export const readPosition = (bytes: Uint8Array, from: number, to: number): number => {
  if (to - from < 1 || to - from > 9 || (bytes[from] === zero && to - from > 1)) return -1
  let position = 0
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] as number
    if (byte < zero || byte > nine) return -1
    position = 10 * position + byte - zero
  }
  return position
}
