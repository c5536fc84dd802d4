import { writeSlice } from '#src/json/byte-writer.ts'
import { ENTRY_SIZE, equalsSlice, openArray, openObject, type Tape } from '#src/json/tape.ts'
import { createPathTree, type PathTree } from '../path-tree.ts'
import { isWireRule, type Rules } from '../rule.ts'
import { createContextWriter, createWireWriter, noEntry, type WriteField } from './fields.ts'
import type { RecordTranscoder } from './types.ts'
import { toBytes } from './values.ts'

const [quote, backslash] = [0x22, 0x5c]

/** A key of a wire record. */
interface Key {
  readonly bytes: Uint8Array
  /** The index of its value's entry in `valueEntries`. */
  readonly place: number
  readonly children: readonly Key[]
}

interface TranscodedField {
  /** Its name and everything constant before it. */
  readonly before: Uint8Array
  readonly write: WriteField
}

/** Creates the transcoder of a mapping table: it writes decoded records from wire bytes, without objects in between. */
export const createRecordTranscoder = (rules: Rules): RecordTranscoder => {
  const tree = createPathTree(rules.flatMap(([, rule]) => (isWireRule(rule) ? [rule.from] : [])))
  const valueEntries: number[] = []
  const placeByPath = new Map<string, number>()
  const keys = createKeys(tree, '', (path) => {
    placeByPath.set(path, valueEntries.length)
    return valueEntries.push(noEntry) - 1
  })
  const fields: TranscodedField[] = []
  const indexByField = new Map<string, number>()
  // Constant text is written together with the field that follows it.
  let before = '{'
  for (const [field, rule] of rules) {
    const name = `${before}${JSON.stringify(field)}:`
    before = ','
    if ('absent' in rule) before = `${name}${JSON.stringify(rule.empty)},`
    else {
      const write = isWireRule(rule)
        ? createWireWriter(field, rule, valueEntries, placeByPath.get(rule.from) as number)
        : createContextWriter(field)
      indexByField.set(field, fields.length)
      fields.push({ before: toBytes(name), write })
    }
  }
  const end = toBytes(before.replace(/,?$/, '}'))
  // Where each field of the last record begins, including `before`, and where the last field ends.
  const fieldStarts: number[] = [...fields.map(() => 0), 0]
  return {
    transcode: (tape, record, output, context) => {
      for (let place = 0; place < valueEntries.length; place += 1) valueEntries[place] = noEntry
      if (!findValues(tape, record, keys, valueEntries)) return false
      for (let number = 0; number < fields.length; number += 1) {
        const { before, write } = fields[number] as TranscodedField
        fieldStarts[number] = output.offset
        writeSlice(output, before, 0, before.length)
        if (!write(tape, record, output, context)) return false
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

/** Fills `valueEntries`. False: a key is unknown, escaped or repeated. */
const findValues = (tape: Tape, record: number, keys: readonly Key[], valueEntries: number[]): boolean => {
  const { bytes, entries } = tape
  const end = entries[record + 2] as number
  let expected = 0
  for (let entry = record + ENTRY_SIZE; entry < end; ) {
    const index = findKeyIndex(keys, bytes, entries[entry] as number, entries[entry + 1] as number, expected)
    if (index < 0) return false
    const key = keys[index] as Key
    if (valueEntries[key.place] !== noEntry) return false
    expected = index + 1
    const value = entry + ENTRY_SIZE
    valueEntries[key.place] = value
    const first = bytes[entries[value] as number]
    if (first !== openObject) entry = first === openArray ? (entries[value + 2] as number) : value + ENTRY_SIZE
    else {
      entry = entries[value + 2] as number
      if (key.children.length > 0 && !findValues(tape, value, key.children, valueEntries)) return false
    }
  }
  return true
}

/** Starts at the expected key, because upstreams write most fields in the order of the mapping table. */
const findKeyIndex = (keys: readonly Key[], bytes: Uint8Array, from: number, to: number, expected: number): number => {
  for (let index = expected; index < keys.length; index += 1) {
    if (equalsSlice(bytes, from, to, (keys[index] as Key).bytes)) return index
  }
  for (let index = 0; index < expected; index += 1) {
    if (equalsSlice(bytes, from, to, (keys[index] as Key).bytes)) return index
  }
  return -1
}
