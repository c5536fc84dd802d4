import type { ByteWriter } from '#src/json/byte-writer.ts'
import type { Tape } from '#src/json/scanner.ts'

/** What became of a wire value: nothing yet, its JSON text, or the codec's `empty`, which is the caller's to write. */
export type TranscodeStatus = typeof fallback | typeof done | typeof absent
export const fallback = 0
export const done = 1
export const absent = 2

/**
 * Writes the JSON text of what a wire value is decoded to, from the wire's own bytes. It knows the usual spellings alone:
 * of all others it says that they are unusual, and the codec decodes them. Between `from` and `to` stands a number, a
 * literal, or a text in its quotes that begins with no blank and has nothing escaped in it.
 */
export type ValueTranscoder = (bytes: Uint8Array, from: number, to: number, output: ByteWriter) => TranscodeStatus

/** The JSON text of a field that the caller knows, of the record that is laid out at a place; null: he does not say it. */
export type ContextText = (field: string, layout: Tape, record: number) => string | null

/**
 * Writes the JSON text of what a record is decoded to, field by field as its schema has them. False: something of it is
 * unusual or drifts, and what was written counts for nothing.
 */
export type TranscodeRecord = (layout: Tape, record: number, output: ByteWriter, context: ContextText) => boolean

export interface RecordTranscoder {
  readonly transcode: TranscodeRecord
  /** What the record that was rewritten last has in a field. */
  getValue(field: string, output: ByteWriter): unknown
}
