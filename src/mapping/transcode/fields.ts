import { type ByteWriter, writeByte, writeSlice, writeText } from '#src/json/byte-writer.ts'
import { tryParseWire } from '#src/json/parse-wire-json.ts'
import { closeArray, ENTRY_SIZE, openArray, openObject, readPosition, type Tape } from '#src/json/tape.ts'
import { type Codec, unreadable } from '../codec.ts'
import { isAbsent, type WireRule } from '../rule.ts'
import { absent, type ContextText, done, fallback, type TranscodeRecord, type TranscodeStatus } from './types.ts'
import { toBytes } from './values.ts'

const [quote, comma, space, letterN, deleteSign] = [0x22, 0x2c, 0x20, 0x6e, 0x7f]

/** Marks a wire field that a record does not have. */
export const noEntry = -1

/** Writes the JSON of one field. False: the record needs the decoder. */
export type WriteField = (tape: Tape, record: number, output: ByteWriter, context: ContextText) => boolean

export const createContextWriter =
  (field: string): WriteField =>
  (tape, record, output, context) => {
    const text = context(field, tape, record)
    if (text === null) return false
    writeText(output, text)
    return true
  }

/** `valueEntries[place]` is the entry of the field's wire value. */
export const createWireWriter = (
  field: string,
  rule: WireRule,
  valueEntries: readonly number[],
  place: number,
): WriteField => {
  const { codec } = rule
  const text = toBytes(JSON.stringify(codec.empty) ?? 'null')
  const writeContext = rule.orFromContext ? createContextWriter(field) : null
  const writeAbsent: WriteField = (tape, record, output, context) => {
    if (codec.required) return false
    if (writeContext) return writeContext(tape, record, output, context)
    writeSlice(output, text, 0, text.length)
    return true
  }
  const transcode = codec.nested ? createNestedTranscoder(codec.nested) : createValueTranscoder(codec)
  return (tape, record, output, context) => {
    const value = valueEntries[place] as number
    // Ids must be JSON strings here; numeric ids fall back to the decoder.
    if (rule.orFromContext && value !== noEntry && tape.bytes[tape.entries[value] as number] !== quote) return false
    const status = value === noEntry ? absent : transcode(tape, value, output)
    return status === absent ? writeAbsent(tape, record, output, context) : status === done
  }
}

type TranscodeValue = (tape: Tape, value: number, output: ByteWriter) => TranscodeStatus

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

/** True for a byte that no blank begins with, in UTF-8. */
const startsPlainly = (byte: number): boolean =>
  (byte > space && byte < deleteSign) || (byte > deleteSign && !blankLeadBytes.has(byte))

/** The first bytes of U+00A0, U+1680, U+2000 and others, U+3000 and U+FEFF. */
const blankLeadBytes = new Set([0xc2, 0xe1, 0xe2, 0xe3, 0xef])

const transcodeDecoded = (
  codec: Codec<unknown, unknown>,
  bytes: Buffer,
  from: number,
  to: number,
  output: ByteWriter,
): TranscodeStatus => {
  let hasDrift = false
  const noteDrift = () => {
    hasDrift = true
  }
  const wire = tryParseWire(bytes.subarray(from, to))
  if (!wire) return fallback
  if (isAbsent(wire.parsed)) return absent
  const value = codec.decode(wire.parsed, noteDrift, noteDrift)
  if (hasDrift || value === unreadable) return fallback
  if (value === null || value === undefined) return codec.empty === value ? absent : fallback
  writeText(output, JSON.stringify(value))
  return done
}

const createNestedTranscoder = ({ kind, of }: NonNullable<Codec<unknown, unknown>['nested']>): TranscodeValue =>
  kind === 'record'
    ? (tape, value, output) => {
        const first = tape.bytes[tape.entries[value] as number]
        if (first !== openObject) return isEmptyValue(tape, value) ? absent : fallback
        return of.transcoder.transcode(tape, value, output, noContext) ? done : fallback
      }
    : (tape, value, output) => {
        const first = tape.bytes[tape.entries[value] as number]
        if (first !== openObject && first !== openArray) return isEmptyValue(tape, value) ? absent : fallback
        return transcodeNestedList(tape, value, output, of.transcoder.transcode) ? done : fallback
      }

const noContext: ContextText = () => null

/** Null or an empty string. */
const isEmptyValue = ({ bytes, entries }: Tape, value: number): boolean => {
  const [from, to] = [entries[value] as number, entries[value + 1] as number]
  return bytes[from] === letterN || (bytes[from] === quote && to === from + 2)
}

/** Accepts an array of records, and an object of records whose keys are ascending positions. */
const transcodeNestedList = (tape: Tape, list: number, output: ByteWriter, transcode: TranscodeRecord): boolean => {
  const { bytes, entries } = tape
  const isKeyed = bytes[entries[list] as number] === openObject
  const end = entries[list + 2] as number
  let lastPosition = -1
  writeByte(output, openArray)
  for (let entry = list + ENTRY_SIZE; entry < end; ) {
    if (entry > list + ENTRY_SIZE) writeByte(output, comma)
    if (isKeyed) {
      const position = readPosition(bytes, (entries[entry] as number) + 1, (entries[entry + 1] as number) - 1)
      if (position <= lastPosition) return false
      lastPosition = position
      entry += ENTRY_SIZE
    }
    if (bytes[entries[entry] as number] !== openObject || !transcode(tape, entry, output, noContext)) return false
    entry = entries[entry + 2] as number
  }
  writeByte(output, closeArray)
  return true
}
