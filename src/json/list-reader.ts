import { scanValue, skipBlanks } from './scanner.ts'
import { closeArray, closeObject, createTape, openArray, openObject, readPosition, type Tape } from './tape.ts'

const [quote, comma, colon] = [0x22, 0x2c, 0x3a]

/** Much longer than any record. */
export const maxRecordBytes = 1024 * 1024

/**
 * Reads a list of records, `[{…}, …]` or `{"1": {…}, …}`, record by record. The keys of an object are positions, and each
 * is used once. A comma after the last record is accepted, because the samples of Spacio have one.
 */
export class ListReader {
  bytes: Buffer
  /** The scanned bytes of the current record, which are between `from` and `to`. */
  tape: Tape
  from = 0
  to = 0
  /** The position of the current record in a keyed list. */
  position = -1
  /** False if a position is lower than the one before it. */
  isAscending = true
  /** True when the closing bracket was read. */
  isComplete = false
  /** The place of the first unread byte. */
  at: number
  readonly #isKeyed: boolean
  #isFirst = true
  #nextPosition = -1
  #isBroken: boolean
  readonly #isNewPosition = createPositionTest()

  constructor(bytes: Buffer, start: number) {
    this.bytes = bytes
    this.tape = createTape(bytes)
    this.at = skipBlanks(bytes, start)
    this.#isKeyed = bytes[this.at] === openObject
    this.#isBroken = !this.#isKeyed && bytes[this.at] !== openArray
    this.at += 1
  }

  get unreadBytes(): number {
    return this.bytes.length - this.at
  }

  /** Reads the next record. False if the list is complete, or if the bytes do not continue it. */
  next(): boolean {
    const { bytes } = this
    this.at = skipBlanks(bytes, this.at)
    if (this.isComplete || this.#isBroken) return false
    const close = this.#isKeyed ? closeObject : closeArray
    const hasComma = !this.#isFirst && bytes[this.at] === comma
    const from = hasComma ? skipBlanks(bytes, this.at + 1) : this.at
    if (bytes[from] === close) {
      this.at = skipBlanks(bytes, from + 1)
      this.isComplete = true
      return false
    }
    return (hasComma || this.#isFirst) && this.#readRecord(from)
  }

  /** Continues the list with the bytes that follow. */
  append(bytes: Buffer): void {
    this.bytes = Buffer.concat([this.bytes.subarray(this.at), bytes])
    this.at = 0
  }

  #readRecord(start: number): boolean {
    const { bytes } = this
    const from = this.#isKeyed ? this.#readKey(start) : start
    // Scanning to the end of a reply could block the event loop.
    const isLong = bytes.length - from > maxRecordBytes
    this.tape = createTape(isLong ? bytes.subarray(0, from + maxRecordBytes) : bytes)
    const to = bytes[from] === openObject ? scanValue(this.tape, from) : -1
    if (to < 0) return false
    if (this.#isKeyed) {
      this.#isBroken = !this.#isNewPosition(this.#nextPosition)
      this.isAscending &&= this.#nextPosition > this.position
      this.position = this.#nextPosition
    }
    this.from = from
    this.to = to
    this.at = to
    this.#isFirst = false
    return !this.#isBroken
  }

  /** Returns the place of the value. */
  #readKey(start: number): number {
    const { bytes } = this
    const end = bytes[start] === quote ? bytes.indexOf(quote, start + 1) : -1
    if (end < 0) return -1
    this.#nextPosition = readPosition(bytes, start + 1, end)
    const colonAt = skipBlanks(bytes, end + 1)
    return this.#nextPosition >= 0 && bytes[colonAt] === colon ? skipBlanks(bytes, colonAt + 1) : -1
  }
}

/** Returns a function that says whether it gets a position for the first time. Consecutive positions take no memory. */
const createPositionTest = (): ((position: number) => boolean) => {
  let [first, next] = [0, -1]
  const others = new Set<number>()
  return (position) => {
    if (next < 0) first = next = position
    if (position >= first && position < next) return false
    if (position === next) {
      next += 1
      return !others.has(position)
    }
    return others.size < others.add(position).size
  }
}
