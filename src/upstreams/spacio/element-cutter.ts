import { createChunks } from '#src/lib/chunks.ts'
import {
  backslash,
  closeArray,
  closeObject,
  colon,
  comma,
  isWhitespace,
  maxDepth,
  maxRecordBytes,
  maxRecordValues,
  openArray,
  openObject,
  quote,
} from '#src/upstreams/spacio/elements.ts'

export interface ElementSplitter {
  /** The elements that end within the next bytes, each an object in its brackets and not yet read. Null: no such list. */
  split(chunk: Buffer): Buffer[] | null
  /** Whether the list has ended: what comes before that is cut. */
  isComplete(): boolean
}

/** What may come next. */
type SplitterState = 'list' | 'first' | 'key' | 'colon' | 'value' | 'element' | 'comma' | 'next' | 'end' | 'wrong'

const maxKeyDigits = 9

const byteOrderMark = [0xef, 0xbb, 0xbf]

/**
 * Cuts a list of records, `{"1": {…}, …}` or `[{…}, …]`, that comes in any pieces: by the rules of the member reader, for
 * keys that are positions, in whatever order, each once. Of the vendor's defects it takes the comma after the last element.
 */
export const createElementSplitter = (): ElementSplitter => {
  const element = createElementBuffer()
  let state: SplitterState = 'list'
  let closeBracket: number = closeObject
  let keyLength = 0
  let position = 0
  const isNewKey = createKeySet()
  let markBytes = 0

  const readKey = (byte: number): SplitterState => {
    if (byte === quote) return keyLength > 0 && isNewKey(keyLength, position) ? 'colon' : 'wrong'
    keyLength += 1
    position = 10 * position + byte - digitZero
    return isDigit(byte) && keyLength <= maxKeyDigits ? 'key' : 'wrong'
  }

  const startElement = (byte: number): SplitterState => {
    if (closeBracket === closeArray) return byte === openObject ? 'element' : 'wrong'
    keyLength = 0
    position = 0
    return byte === quote ? 'key' : 'wrong'
  }

  /** A byte order mark stands before all else. */
  const isByteOrderMark = (byte: number): boolean => {
    if (byte !== byteOrderMark[markBytes]) return false
    markBytes += 1
    return true
  }

  const startList = (byte: number): SplitterState => {
    closeBracket = byte === openArray ? closeArray : closeObject
    return byte === openArray || byte === openObject ? 'first' : 'wrong'
  }

  /** What may come after a byte that is no part of an element. */
  const getNextState = (byte: number): SplitterState => {
    if (state === 'key') return readKey(byte)
    if (isWhitespace(byte)) return state
    if (state === 'list') return isByteOrderMark(byte) ? 'list' : startList(byte)
    if (state === 'colon') return byte === colon ? 'value' : 'wrong'
    if (state === 'value') return byte === openObject ? 'element' : 'wrong'
    if (byte === closeBracket && state !== 'end') return 'end'
    if (state === 'comma') return byte === comma ? 'next' : 'wrong'
    return state === 'end' ? 'wrong' : startElement(byte)
  }

  return {
    split: (chunk) => {
      const elements: Buffer[] = []
      for (let at = 0; at < chunk.length && state !== 'wrong'; ) {
        if (state !== 'element') state = getNextState(chunk[at] as number)
        // The byte that opens an element is its first.
        if (state !== 'element') at += 1
        else {
          at = element.append(chunk, at)
          if (at < 0) state = 'wrong'
          else if (element.isComplete()) {
            elements.push(element.take())
            state = 'comma'
          }
        }
      }
      return state === 'wrong' ? null : elements
    },
    isComplete: () => state === 'end',
  }
}

const digitZero = 0x30

const isDigit = (byte: number): boolean => byte >= digitZero && byte <= 0x39

/** Notes the keys of a list, and says whether one is new. Positions that follow one another take no memory. */
const createKeySet = (): ((length: number, position: number) => boolean) => {
  let [first, last] = [0, -1]
  const sparseKeys = new Set<string>()
  return (length, position) => {
    const key = String(position).padStart(length, '0')
    // `01` is another key than `1`.
    const isCanonical = String(position).length === length
    if (isCanonical && last < first) first = position
    else if (isCanonical && position <= last && position >= first) return false
    if (isCanonical && (last < first || position === last + 1)) {
      last = position
      return !sparseKeys.has(key)
    }
    const sizeBefore = sparseKeys.size
    return sparseKeys.add(key).size > sizeBefore
  }
}

/** One element, as it grows. */
const createElementBuffer = () => {
  const parts = createChunks()
  let length = 0
  let depth = 0
  let values = 0
  let isInString = false
  let isEscaped = false

  /** The place after the element, or the chunk's end; -1: nested too deep, or of too many values. */
  const findEnd = (chunk: Buffer, start: number): number => {
    for (let at = start; at < chunk.length; at += 1) {
      const byte = chunk[at] as number
      if (isInString) {
        if (isEscaped) isEscaped = false
        else if (byte === backslash) isEscaped = true
        else isInString = byte !== quote
      } else if (byte === quote) isInString = true
      else if (byte === openObject || byte === openArray) {
        depth += 1
        values += 1
        if (depth > maxDepth || values > maxRecordValues) return -1
      } else if (byte === comma) {
        values += 1
        if (values > maxRecordValues) return -1
      } else if (byte === closeObject || byte === closeArray) {
        depth -= 1
        if (depth === 0) return at + 1
      }
    }
    return chunk.length
  }

  return {
    /** The place up to which the chunk belongs to it; -1: it cannot be one. */
    append: (chunk: Buffer, start: number): number => {
      const end = findEnd(chunk, start)
      if (end < 0 || length + end - start > maxRecordBytes) return -1
      parts.add(chunk.subarray(start, end))
      length += end - start
      return end
    },
    isComplete: () => depth === 0,
    take: (): Buffer => {
      length = 0
      values = 0
      return parts.take()
    },
  }
}
