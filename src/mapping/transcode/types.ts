import type { ByteWriter } from '#src/json/byte-writer.ts'
import type { Tape } from '#src/json/tape.ts'

/** `fallback`: nothing was written. `done`: JSON was written. `absent`: the caller writes the codec's `empty`. */
export type TranscodeStatus = typeof fallback | typeof done | typeof absent
export const fallback = 0
export const done = 1
export const absent = 2

/**
 * Writes the JSON of a decoded value straight from the wire's bytes. It handles common spellings only and returns
 * `fallback` for all others, which the codec then decodes. The bytes from `from` to `to` are a number, a literal, or a
 * quoted string without escapes that does not begin with a blank.
 */
export type ValueTranscoder = (bytes: Uint8Array, from: number, to: number, output: ByteWriter) => TranscodeStatus

/** Returns the JSON of a field that is not on the wire; null if it cannot be given without the decoder. */
export type ContextText = (field: string, tape: Tape, record: number) => string | null

/** Writes the JSON of a decoded record. False: the record needs the decoder, and what was written has to be discarded. */
export type TranscodeRecord = (tape: Tape, record: number, output: ByteWriter, context: ContextText) => boolean

export interface RecordTranscoder {
  readonly transcode: TranscodeRecord
  /** Returns a field of the record that was transcoded last. */
  getValue(field: string, output: ByteWriter): unknown
}
