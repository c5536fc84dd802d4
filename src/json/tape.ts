/** Where the values of one JSON value are in its bytes. */
export interface Tape {
  readonly bytes: Buffer
  /**
   * Three numbers for each value and each key, in the order of the text: where it begins, where it ends, and a third. For
   * an array or object the third is the entry after its last member; for a string it is `escapeFlag` or 0.
   */
  readonly entries: Int32Array
  /** The value has a trailing comma or a number with leading zeros, as the samples of Spacio do. */
  hasDefect: boolean
}

export const ENTRY_SIZE = 3

export const escapeFlag = 1

const [zero, nine] = [0x30, 0x39]
export const [openObject, closeObject, openArray, closeArray] = [0x7b, 0x7d, 0x5b, 0x5d] as const

/** A record has a few hundred keys and values. Decoding more than this would block the event loop. */
const maxEntries = 10_000

/** All tapes share these entries, because one value is used before the next one is scanned. */
const sharedEntries = new Int32Array(maxEntries * ENTRY_SIZE)

export const createTape = (bytes: Buffer): Tape => ({ bytes, entries: sharedEntries, hasDefect: false })

export const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= zero && byte <= nine

/** Returns the entry of the value that an object has under a key, which is given with its quotes; -1 if there is none. */
export const findMember = ({ bytes, entries }: Tape, record: number, key: Uint8Array): number => {
  const end = entries[record + 2] as number
  for (let entry = record + ENTRY_SIZE; entry < end; ) {
    const value = entry + ENTRY_SIZE
    if (equalsSlice(bytes, entries[entry] as number, entries[entry + 1] as number, key)) return value
    const first = bytes[entries[value] as number]
    entry = first === openObject || first === openArray ? (entries[value + 2] as number) : value + ENTRY_SIZE
  }
  return -1
}

export const equalsSlice = (bytes: Uint8Array, from: number, to: number, expected: Uint8Array): boolean => {
  if (to - from !== expected.length) return false
  for (let index = 0; index < expected.length; index += 1) if (bytes[from + index] !== expected[index]) return false
  return true
}

const maxPositionDigits = 9

/** Returns the position in a list that a key of digits stands for; -1 for any other key. */
export const readPosition = (bytes: Uint8Array, from: number, to: number): number => {
  if (to === from || to - from > maxPositionDigits) return -1
  let position = 0
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at]
    if (!isDigit(byte)) return -1
    position = 10 * position + (byte as number) - zero
  }
  return position
}
